// The camera: which part of the plan is on the screen, and how large.

const ZOOM_MS = 260;

export class View {
  constructor(size, onMove) {
    this.size = size;
    this.onMove = onMove;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.width = 1;
    this.height = 1;
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
  }

  resize(width, height) {
    const whole = this.fitScale === undefined || !this.zoomed;
    const [cx, cy] = this.toWorld(this.width / 2, this.height / 2);
    this.width = width;
    this.height = height;
    this.fitScale = Math.min(width / this.size[0], height / this.size[1]) * 0.96;
    this.maxScale = Math.max(this.fitScale * 3, 0.34);
    if (whole) this.fit();
    else this.#set(this.scale, cx, cy);
  }

  fit() {
    this.#set(this.fitScale, this.size[0] / 2, this.size[1] / 2);
  }

  get zoomed() {
    return this.scale > this.fitScale * 1.05;
  }

  toWorld(px, py) {
    return [this.x + px / this.scale, this.y + py / this.scale];
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  sees(box, margin = 0) {
    return box[2] + margin >= this.x && box[0] - margin <= this.x + this.width / this.scale
      && box[3] + margin >= this.y && box[1] - margin <= this.y + this.height / this.scale;
  }

  pan(dx, dy) {
    this.flight = undefined;
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.#clamp();
    this.onMove();
  }

  // Zooms so that what is under a point of the screen stays there.
  zoomAt(factor, px, py) {
    this.flight = undefined;
    const [wx, wy] = this.toWorld(px, py);
    this.scale = this.#bounded(this.scale * factor);
    this.x = wx - px / this.scale;
    this.y = wy - py / this.scale;
    this.#clamp();
    this.onMove();
  }

  zoomStep(factor, px = this.width / 2, py = this.height / 2) {
    const scale = this.#bounded(this.scale * factor);
    const [wx, wy] = this.toWorld(px, py);
    this.flyTo(scale, wx + (this.width / 2 - px) / scale, wy + (this.height / 2 - py) / scale);
  }

  // Fills the screen with a box.
  show(box, margin) {
    const scale = Math.min(this.width / (box[2] - box[0] + 2 * margin),
      this.height / (box[3] - box[1] + 2 * margin));
    this.flyTo(this.#bounded(scale), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
  }

  // Brings a point into sight without moving more than needed.
  reveal(x, y, scale) {
    const [px, py] = this.toScreen(x, y);
    const edge = 48;
    const inside = px > edge && py > edge && px < this.width - edge && py < this.height - edge;
    if (inside && this.scale >= scale) return;
    this.flyTo(Math.max(this.scale, scale), x, y);
  }

  flyTo(scale, cx, cy) {
    if (this.calm.matches) {
      this.#set(scale, cx, cy);
      return;
    }
    const from = { scale: this.scale, c: this.toWorld(this.width / 2, this.height / 2) };
    const start = performance.now();
    const flight = {};
    this.flight = flight;
    const step = (now) => {
      if (this.flight !== flight) return;
      const t = Math.min(1, Math.max(0, (now - start) / ZOOM_MS));
      const ease = 1 - (1 - t) ** 3;
      this.#set(from.scale * (scale / from.scale) ** ease,
        from.c[0] + (cx - from.c[0]) * ease, from.c[1] + (cy - from.c[1]) * ease);
      if (t < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #bounded(scale) {
    return Math.min(this.maxScale, Math.max(this.fitScale, scale));
  }

  #set(scale, cx, cy) {
    this.scale = this.#bounded(scale);
    this.x = cx - this.width / 2 / this.scale;
    this.y = cy - this.height / 2 / this.scale;
    this.#clamp();
    this.onMove();
  }

  // The plan cannot be lost off the screen.
  #clamp() {
    const axis = (position, visible, size) => {
      if (visible >= size) return (size - visible) / 2;
      const slack = visible * 0.25;
      return Math.min(size - visible + slack, Math.max(-slack, position));
    };
    this.x = axis(this.x, this.width / this.scale, this.size[0]);
    this.y = axis(this.y, this.height / this.scale, this.size[1]);
  }
}
