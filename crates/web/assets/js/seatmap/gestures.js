// Fingers, mouse and wheel move the camera; a tap is reported with its place.

const TAP_MOVE_PX = 9;
const DOUBLE_TAP_MS = 280;

export function gestures(element, view, onTap) {
  const pointers = new Map();
  let moved = 0;
  let pinch;
  let lastTap = { at: 0 };
  let pendingTap;
  let velocity = [0, 0];

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) moved = 0;
    velocity = [0, 0];
    pinch = undefined;
  });

  element.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    pointers.set(event.pointerId, now);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    moved += Math.hypot(dx, dy);
    if (pointers.size === 2) pinchTo([...pointers.values()]);
    else if (moved > TAP_MOVE_PX) {
      velocity = [velocity[0] * 0.4 + dx * 0.6, velocity[1] * 0.4 + dy * 0.6];
      view.pan(dx, dy);
    }
  });

  element.addEventListener('pointerup', (event) => {
    const alone = pointers.size === 1;
    const now = place(event);
    if (!pointers.delete(event.pointerId)) return;
    pinch = undefined;
    if (!alone) {
      // The finger that is left does not tap when it is lifted.
      moved = Infinity;
      return;
    }
    if (moved > TAP_MOVE_PX) {
      if (Number.isFinite(moved)) glide();
      return;
    }
    tap(now, event.pointerType);
  });

  element.addEventListener('pointercancel', (event) => pointers.delete(event.pointerId));

  element.addEventListener('wheel', (event) => {
    // The page scrolls as usual past the map; the map takes the wheel with Ctrl, or once it was clicked.
    if (!event.ctrlKey && !element.parentElement.contains(document.activeElement)) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    view.zoomAt(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.012 : 0.0022)), ...place(event));
  }, { passive: false });

  function pinchTo([a, b]) {
    const now = {
      distance: Math.hypot(a[0] - b[0], a[1] - b[1]),
      middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    };
    if (pinch) {
      view.pan(now.middle[0] - pinch.middle[0], now.middle[1] - pinch.middle[1]);
      view.zoomAt(now.distance / pinch.distance, ...now.middle);
    }
    pinch = now;
  }

  // A mouse clicks at once; a finger waits to see whether it taps twice, but only where a tap would not choose a seat.
  function tap(at, type) {
    const now = performance.now();
    const near = Math.hypot(at[0] - lastTap.x, at[1] - lastTap.y) < 30;
    if (now - lastTap.at < DOUBLE_TAP_MS && near) {
      clearTimeout(pendingTap);
      lastTap = { at: 0 };
      view.zoomStep(2.4, ...at);
      return;
    }
    lastTap = { at: now, x: at[0], y: at[1] };
    if (onTap(at, { dry: true, type })) onTap(at, { dry: false, type });
    else pendingTap = setTimeout(() => onTap(at, { dry: false, type }), DOUBLE_TAP_MS);
  }

  function glide() {
    if (view.calm.matches || Math.hypot(...velocity) < 4) return;
    const step = () => {
      if (pointers.size > 0) return;
      velocity = [velocity[0] * 0.93, velocity[1] * 0.93];
      if (Math.hypot(...velocity) < 0.4) return;
      view.pan(...velocity);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}
