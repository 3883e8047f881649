// Draws what the camera sees: whole sections from afar, seats from near. Nothing is drawn while nothing changes.

const SEATS_FROM_PX = 4.6;
const NUMBERS_FROM_PX = 17;
const FADE_MS = 700;
// A wheelchair in a square of 24.
const WHEELCHAIR = new Path2D(
  'M10.5 3.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6ZM9.6 8h2.2v3.2h4.6v1.9h-4.6v1.2h4.3l2.6 5-1.7.9-2.1-4H9.6Z'
  + 'M8.2 11.2v2.1a3.7 3.7 0 1 0 5 4.9l1 1.9a5.8 5.8 0 1 1-6-8.9Z');

export class Painter {
  constructor(canvas, { geometry, status, view, chosen, own, labels }) {
    Object.assign(this, { canvas, geometry, status, view, chosen, own, labels });
    this.context = canvas.getContext('2d');
    this.cache = geometry.zones.map(() => ({ stale: true }));
    this.colours = geometry.categories.map(({ colour }) => parse(colour));
    this.fading = new Map();
    this.focus = -1;
    this.#theme();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#theme();
      this.changed();
    });
  }

  // Seats changed hands; they fade rather than jump.
  seatsChanged(seats) {
    const now = performance.now();
    for (const seat of seats) {
      this.cache[this.geometry.row(seat).zone.index].stale = true;
      if (!this.view.calm.matches) this.fading.set(seat, now);
    }
    this.redraw();
  }

  changed() {
    for (const entry of this.cache) entry.stale = true;
    this.redraw();
  }

  redraw() {
    if (this.frame !== undefined) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = undefined;
      this.#draw(now);
      if (this.fading.size > 0) this.redraw();
    });
  }

  // Whether seats can be seen one by one.
  get showsSeats() {
    return this.geometry.radius * 2 * this.view.scale >= SEATS_FROM_PX;
  }

  #theme() {
    const style = getComputedStyle(this.canvas);
    const read = (name) => style.getPropertyValue(name).trim();
    this.ink = read('--ink');
    this.quiet = read('--ink-quiet');
    this.paper = read('--map-paper');
    this.takenColour = read('--map-taken');
    this.takenRgb = parse(this.takenColour);
    this.go = read('--go');
    this.goInk = read('--go-ink');
    this.spot = read('--spot');
    this.font = style.fontFamily;
  }

  #draw(now) {
    const { context, view, canvas } = this;
    const ratio = canvas.width / view.width;
    this.fontSet = undefined;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const k = view.scale * ratio;
    this.#world = () => context.setTransform(k, 0, 0, k, -view.x * k, -view.y * k);
    this.#screen = () => context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#world();
    for (const shape of this.geometry.shapes) this.#shape(shape);
    this.#areas();
    const near = this.showsSeats;
    const seen = this.geometry.zones.filter(
      (zone) => zone.end > zone.first && view.sees(zone.box, this.geometry.radius * 3));
    this.#world();
    for (const zone of seen) {
      if (near) this.#seats(this.#cached(zone));
      else this.#section(this.#cached(zone));
    }
    if (near) {
      this.#details(now);
      return;
    }
    this.fading.clear();
    for (const zone of seen) this.#sectionName(zone, this.#cached(zone));
  }

  #world = () => {};
  #screen = () => {};

  // Paths of a section's seats by category, and what is free in it; kept until something changes.
  #cached(zone) {
    const entry = this.cache[zone.index];
    if (!entry.stale) return entry;
    const { geometry, status } = this;
    entry.stale = false;
    entry.free = new Map();
    entry.taken = new Path2D();
    entry.left = 0;
    entry.hull ??= this.#outline(zone.hull);
    const counts = new Map();
    for (let seat = zone.first; seat < zone.end; seat += 1) {
      const category = geometry.category[seat];
      counts.set(category, (counts.get(category) ?? 0) + 1);
      let path = entry.taken;
      if (status.isFree(seat)) {
        entry.left += 1;
        path = entry.free.get(category) ?? new Path2D();
        entry.free.set(category, path);
      }
      path.moveTo(geometry.x[seat] + geometry.radius, geometry.y[seat]);
      path.arc(geometry.x[seat], geometry.y[seat], geometry.radius, 0, 7);
    }
    entry.main = [...counts].sort((a, b) => b[1] - a[1])[0][0];
    entry.share = entry.left / (zone.end - zone.first);
    return entry;
  }

  #outline(hull) {
    const path = new Path2D();
    for (const seat of hull) path.lineTo(this.geometry.x[seat], this.geometry.y[seat]);
    path.closePath();
    return path;
  }

  #section(entry) {
    const { context, geometry } = this;
    const share = entry.left === 0 ? 0 : 0.3 + 0.7 * entry.share;
    const rgb = mix(this.takenRgb, this.colours[entry.main], share);
    context.fillStyle = css(rgb);
    context.strokeStyle = css(rgb);
    context.lineJoin = 'round';
    context.lineWidth = geometry.radius * 2.4;
    context.stroke(entry.hull);
    context.fill(entry.hull);
  }

  // Names come after all sections, so that none is painted over.
  #sectionName(zone, entry) {
    const { context, view } = this;
    const room = zone.room * view.scale;
    if (room < 17) return;
    this.#screen();
    context.fillStyle = readable(entry.left === 0 ? this.takenRgb : this.colours[entry.main]);
    const lines = [zone.name];
    if (room > 52) lines.push(entry.left === 0 ? '–' : this.labels.free(entry.left));
    if (room > 80 && entry.left > 0) lines.push(this.labels.from(zone, entry));
    const size = Math.min(16, Math.max(9, room / 3.4));
    this.#lines(lines, ...view.toScreen(...zone.centre), size, room * 1.5);
  }

  #lines(lines, x, y, size, room) {
    const { context } = this;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const top = y - ((lines.length - 1) * size * 1.25) / 2;
    lines.forEach((line, index) => {
      this.#font(index === 0 ? 700 : 500, index === 0 ? size : size * 0.86);
      if (index > 0 && context.measureText(line).width > room) return;
      context.fillText(line, x, top + index * size * 1.25, room);
    });
  }

  // Whole pixels, and only when it changes: browsers parse a font each time it is set.
  #font(weight, size) {
    const font = `${weight} ${Math.round(size)}px ${this.font}`;
    if (this.fontSet === font) return;
    this.fontSet = font;
    this.context.font = font;
  }

  #areas() {
    const { context, geometry, view, status } = this;
    geometry.areas.forEach((area, index) => {
      const left = status.areas[index] ?? 0;
      const rgb = left > 0 ? this.colours[area.category] : this.takenRgb;
      this.#world();
      context.fillStyle = css(rgb);
      context.strokeStyle = this.quiet;
      context.lineWidth = 1.2 / view.scale;
      const path = shapePath(area.shape);
      context.fill(path);
      context.stroke(path);
      this.#screen();
      const [x, y] =
        view.toScreen((area.box[0] + area.box[2]) / 2, (area.box[1] + area.box[3]) / 2);
      const width = (area.box[2] - area.box[0]) * view.scale;
      const height = (area.box[3] - area.box[1]) * view.scale;
      if (width < 30) return;
      context.fillStyle = readable(rgb);
      const lines = height > 44 ? [area.name, this.labels.free(left)] : [area.name];
      this.#lines(lines, x, y, Math.min(16, Math.max(9, Math.min(width / 7, height / 3))), width);
    });
    this.#world();
  }

  #shape(shape) {
    const { context, view } = this;
    this.#world();
    const path = shapePath(shape);
    if (shape.fill) {
      context.fillStyle = shape.fill;
      context.fill(path);
    }
    if (shape.stroke) {
      context.strokeStyle = shape.stroke;
      context.lineWidth = 1.5 / view.scale;
      context.stroke(path);
    }
    if (!shape.label) return;
    const size = shape.label.size * view.scale;
    if (size < 5) return;
    context.fillStyle = shape.label.colour ?? this.ink;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    this.#font(600, shape.label.size);
    context.fillText(shape.label.text, shape.label.at[0], shape.label.at[1]);
  }

  #seats(entry) {
    const { context } = this;
    context.fillStyle = this.takenColour;
    context.fill(entry.taken);
    for (const [category, path] of entry.free) {
      context.fillStyle = css(this.colours[category]);
      context.fill(path);
    }
  }

  // What is particular to single seats: fading, chosen, own, focus, numbers.
  #details(now) {
    const { context, geometry, view } = this;
    const radius = geometry.radius;
    this.#world();
    for (const [seat, since] of this.fading) {
      const age = (now - since) / FADE_MS;
      if (age >= 1) {
        this.fading.delete(seat);
        continue;
      }
      const free = this.status.isFree(seat);
      context.globalAlpha = 1 - age;
      context.fillStyle = free ? this.takenColour : css(this.colours[geometry.category[seat]]);
      this.#dot(seat, radius);
      context.strokeStyle = context.fillStyle;
      context.lineWidth = radius * 0.3;
      context.beginPath();
      context.arc(geometry.x[seat], geometry.y[seat], radius * (1 + age), 0, 7);
      context.stroke();
      context.globalAlpha = 1;
    }
    for (const seat of this.own) this.#marked(seat, this.spot);
    for (const seat of this.chosen.keys()) this.#marked(seat, this.go);
    if (radius * 2 * view.scale >= NUMBERS_FROM_PX) this.#numbers();
    if (this.focus >= 0) {
      this.#world();
      context.strokeStyle = this.ink;
      context.lineWidth = 2.5 / view.scale;
      context.beginPath();
      context.arc(geometry.x[this.focus], geometry.y[this.focus], radius * 1.45, 0, 7);
      context.stroke();
    }
  }

  #dot(seat, radius) {
    this.context.beginPath();
    this.context.arc(this.geometry.x[seat], this.geometry.y[seat], radius, 0, 7);
    this.context.fill();
  }

  #marked(seat, colour) {
    this.context.fillStyle = this.paper;
    this.#dot(seat, this.geometry.radius * 1.32);
    this.context.fillStyle = colour;
    this.#dot(seat, this.geometry.radius * 1.14);
  }

  #numbers() {
    const { context, geometry, view } = this;
    const size = geometry.radius * view.scale;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    this.#screen();
    for (const row of geometry.rows) {
      if (!view.sees(row.zone.box)) continue;
      for (let seat = row.first; seat < row.end; seat += 1) {
        const [x, y] = view.toScreen(geometry.x[seat], geometry.y[seat]);
        if (x < -size || y < -size || x > view.width + size || y > view.height + size) continue;
        if (this.chosen.has(seat)) context.fillStyle = this.goInk;
        else if (this.own.has(seat)) context.fillStyle = '#241a00';
        else if (!this.status.isFree(seat)) context.fillStyle = this.quiet;
        else context.fillStyle = readable(this.colours[geometry.category[seat]]);
        if (geometry.access(seat) === 'wheelchair') {
          this.#wheelchair(x, y, size);
          continue;
        }
        this.#font(600, size * 0.82);
        context.fillText(row.seats[seat - row.first], x, y);
      }
      this.#rowLabel(row, size);
    }
  }

  #wheelchair(x, y, size) {
    const { context } = this;
    context.save();
    context.translate(x - size * 0.72, y - size * 0.72);
    context.scale((size * 1.44) / 24, (size * 1.44) / 24);
    context.fill(WHEELCHAIR);
    context.restore();
  }

  #rowLabel(row, size) {
    const { context, geometry, view } = this;
    if (row.end - row.first < 2) return;
    const [a, b] = [row.first, row.first + 1];
    const [dx, dy] = [geometry.x[a] - geometry.x[b], geometry.y[a] - geometry.y[b]];
    const length = Math.hypot(dx, dy) || 1;
    const reach = geometry.radius * 2.3;
    const [x, y] =
      view.toScreen(geometry.x[a] + (dx / length) * reach, geometry.y[a] + (dy / length) * reach);
    if (x < 0 || y < 0 || x > view.width || y > view.height) return;
    context.fillStyle = this.quiet;
    this.#font(700, size * 0.8);
    context.fillText(row.label, x, y);
  }
}

function shapePath(shape) {
  const path = new Path2D();
  const [x, y] = shape.at ?? shape.points;
  switch (shape.kind) {
    case 'rectangle': path.rect(x, y, ...shape.size); break;
    case 'circle': path.arc(x, y, shape.radius, 0, 7); break;
    case 'ellipse': path.ellipse(x, y, ...shape.radii, 0, 0, 7); break;
    case 'polygon':
      for (let i = 0; i < shape.points.length; i += 2) {
        path.lineTo(shape.points[i], shape.points[i + 1]);
      }
      path.closePath();
      break;
    default:
  }
  if (!shape.rotation) return path;
  const turned = new Path2D();
  turned.addPath(path, new DOMMatrix().translate(x, y).rotate(shape.rotation).translate(-x, -y));
  return turned;
}

function parse(hex) {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function css([r, g, b]) {
  return `rgb(${r} ${g} ${b})`;
}

function mix(from, to, share) {
  return from.map((value, index) => Math.round(value + (to[index] - value) * share));
}

// Black or white, whichever reads better.
function readable([r, g, b]) {
  const linear = (value) => (value / 255) ** 2.2;
  const light = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return light > 0.19 ? '#14121c' : '#ffffff';
}
