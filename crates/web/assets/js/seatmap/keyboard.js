// The map by keyboard: arrows walk from seat to seat, Enter chooses, plus and minus zoom, 0 shows the whole hall.

const ARROWS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

export function keyboard(element, { geometry, view, painter, toggle, announce, describe }) {
  const walkTo = (seat) => {
    if (seat < 0) return;
    painter.focus = seat;
    // Near enough to read the number.
    view.reveal(geometry.x[seat], geometry.y[seat], 9 / geometry.radius);
    painter.redraw();
    announce(describe(seat));
  };

  element.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow && geometry.count > 0) {
      walkTo(painter.focus < 0 ? middle() : geometry.neighbour(painter.focus, ...arrow));
    } else if ((event.key === 'Enter' || event.key === ' ') && painter.focus >= 0) {
      toggle(painter.focus);
    } else if (event.key === '+' || event.key === '=') view.zoomStep(1.6);
    else if (event.key === '-') view.zoomStep(1 / 1.6);
    else if (event.key === '0') view.fit();
    else if (event.key === 'Escape') painter.focus = -1;
    else return;
    event.preventDefault();
    painter.redraw();
  });

  element.addEventListener('blur', () => {
    painter.focus = -1;
    painter.redraw();
  });

  function middle() {
    const [x, y] = view.toWorld(view.width / 2, view.height / 2);
    return geometry.seatAt(x, y, Math.max(...geometry.size));
  }
}
