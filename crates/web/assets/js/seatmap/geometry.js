// The geometry file as flat arrays, ready to be drawn, hit and searched. See docs/seat-map-format.md.

export async function loadGeometry(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`geometry: ${response.status}`);
  const file = await response.json();
  if (file.version !== 1) throw new Error(`geometry version ${file.version}`);
  return new Geometry(file);
}

export class Geometry {
  constructor(file) {
    this.size = file.size;
    this.categories = file.categories;
    this.areas = file.areas.map((area) => ({ ...area, box: shapeBox(area.shape) }));
    this.shapes = file.shapes;
    const count = file.zones.reduce(
      (sum, zone) => sum + zone.rows.reduce((seats, row) => seats + row.seats.length, 0), 0);
    this.count = count;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.category = new Uint8Array(count);
    this.rowOf = new Uint32Array(count);
    this.rows = [];
    this.zones = [];
    this.#read(file.zones);
    this.radius = this.#radius();
    this.#index();
  }

  #read(zones) {
    let seat = 0;
    for (const { name, rows } of zones) {
      const zone = { name, index: this.zones.length, first: seat };
      this.zones.push(zone);
      for (const row of rows) {
        let x = 0;
        let y = 0;
        const first = seat;
        row.seats.forEach((_, index) => {
          x += row.at[2 * index];
          y += row.at[2 * index + 1];
          this.x[seat] = x;
          this.y[seat] = y;
          this.category[seat] =
            Array.isArray(row.category) ? row.category[index] : row.category;
          this.rowOf[seat] = this.rows.length;
          seat += 1;
        });
        this.rows.push({ zone, label: row.label, seats: row.seats, first, end: seat });
      }
      zone.end = seat;
    }
    for (const zone of this.zones) {
      zone.box = this.#box(zone.first, zone.end);
      zone.hull = this.#hull(zone.first, zone.end);
      [zone.centre, zone.room] = this.#middle(zone);
    }
  }

  #box(first, end) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let seat = first; seat < end; seat += 1) {
      box[0] = Math.min(box[0], this.x[seat]);
      box[1] = Math.min(box[1], this.y[seat]);
      box[2] = Math.max(box[2], this.x[seat]);
      box[3] = Math.max(box[3], this.y[seat]);
    }
    return box;
  }

  // Half of the usual distance between neighbours, a little less so that seats do not touch.
  #radius() {
    const gaps = [];
    for (const row of this.rows) {
      for (let seat = row.first + 1; seat < row.end; seat += 1) {
        gaps.push(Math.hypot(this.x[seat] - this.x[seat - 1], this.y[seat] - this.y[seat - 1]));
      }
    }
    gaps.sort((a, b) => a - b);
    return gaps.length > 0 ? gaps[Math.floor(gaps.length / 10)] * 0.42 : 80;
  }

  // The outline of a section: the convex hull of its seats (monotone chain).
  #hull(first, end) {
    const seats = Array.from({ length: end - first }, (_, index) => first + index)
      .sort((a, b) => this.x[a] - this.x[b] || this.y[a] - this.y[b]);
    if (seats.length < 3) return seats;
    const turn = (a, b, c) => (this.x[b] - this.x[a]) * (this.y[c] - this.y[a])
      - (this.y[b] - this.y[a]) * (this.x[c] - this.x[a]);
    const half = (list) => {
      const chain = [];
      for (const seat of list) {
        while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), seat) <= 0) chain.pop();
        chain.push(seat);
      }
      chain.pop();
      return chain;
    };
    return [...half(seats), ...half(seats.reverse())];
  }

  // Where a section's name goes, and about how much room there is: the outline's centroid and its area over its girth.
  #middle({ hull, box }) {
    let [area, girth, cx, cy] = [0, 0, 0, 0];
    hull.forEach((from, index) => {
      const to = hull[(index + 1) % hull.length];
      const [x1, y1, x2, y2] = [this.x[from], this.y[from], this.x[to], this.y[to]];
      const cross = x1 * y2 - x2 * y1;
      area += cross / 2;
      girth += Math.hypot(x2 - x1, y2 - y1);
      cx += ((x1 + x2) * cross) / 6;
      cy += ((y1 + y2) * cross) / 6;
    });
    if (Math.abs(area) < 1) return [[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], 0];
    return [[cx / area, cy / area], (4 * Math.abs(area)) / girth];
  }

  // A grid of buckets, so that a tap does not look at every seat.
  #index() {
    this.cell = this.radius * 6;
    this.buckets = new Map();
    for (let seat = 0; seat < this.count; seat += 1) {
      const key = this.#bucket(this.x[seat], this.y[seat]);
      const bucket = this.buckets.get(key);
      if (bucket) bucket.push(seat);
      else this.buckets.set(key, [seat]);
    }
  }

  #bucket(x, y) {
    return `${Math.floor(x / this.cell)},${Math.floor(y / this.cell)}`;
  }

  // The seat nearest to a point, within a distance.
  seatAt(x, y, reach) {
    let best = -1;
    let distance = reach * reach;
    const steps = Math.ceil(reach / this.cell);
    for (let dx = -steps; dx <= steps; dx += 1) {
      for (let dy = -steps; dy <= steps; dy += 1) {
        const key = this.#bucket(x + dx * this.cell, y + dy * this.cell);
        for (const seat of this.buckets.get(key) ?? []) {
          const squared = (this.x[seat] - x) ** 2 + (this.y[seat] - y) ** 2;
          if (squared < distance) [best, distance] = [seat, squared];
        }
      }
    }
    return best;
  }

  zoneAt(x, y) {
    return this.zones.find(({ box, hull }) => x >= box[0] && x <= box[2] && y >= box[1]
      && y <= box[3] && hull.length > 2 && this.#inside(hull, x, y));
  }

  #inside(hull, x, y) {
    let inside = false;
    for (let i = 0, j = hull.length - 1; i < hull.length; j = i, i += 1) {
      const [xi, yi, xj, yj] = [this.x[hull[i]], this.y[hull[i]], this.x[hull[j]], this.y[hull[j]]];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  }

  areaAt(x, y) {
    return this.areas.findIndex(
      ({ box }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]);
  }

  row(seat) {
    return this.rows[this.rowOf[seat]];
  }

  // Section, row and seat as people say them.
  names(seat) {
    const row = this.row(seat);
    return { section: row.zone.name, row: row.label, seat: row.seats[seat - row.first] };
  }

  access(seat) {
    return this.categories[this.category[seat]].access;
  }

  // The nearest seat that fits, by distance; -1 if there is none.
  nearest(to, fits) {
    let best = -1;
    let distance = Infinity;
    for (let seat = 0; seat < this.count; seat += 1) {
      const squared = (this.x[seat] - this.x[to]) ** 2 + (this.y[seat] - this.y[to]) ** 2;
      if (seat !== to && squared < distance && fits(seat)) [best, distance] = [seat, squared];
    }
    return best;
  }

  // The seat next to this one in a direction, for the arrow keys: near, and rather straight ahead.
  neighbour(from, dx, dy) {
    const row = this.row(from);
    let best = -1;
    let score = Infinity;
    for (let seat = 0; seat < this.count; seat += 1) {
      const x = this.x[seat] - this.x[from];
      const y = this.y[seat] - this.y[from];
      const along = x * dx + y * dy;
      if (along <= this.radius * 0.5) continue;
      const across = Math.abs(x * dy - y * dx);
      const own = this.row(seat) === row ? 0.6 : 1;
      const points = (along + across * 2.5) * (dx === 0 ? 1 : own);
      if (points < score) [best, score] = [seat, points];
    }
    return best;
  }
}

export function shapeBox(shape) {
  switch (shape.kind) {
    case 'rectangle':
      return [shape.at[0], shape.at[1], shape.at[0] + shape.size[0], shape.at[1] + shape.size[1]];
    case 'circle':
      return [shape.at[0] - shape.radius, shape.at[1] - shape.radius,
        shape.at[0] + shape.radius, shape.at[1] + shape.radius];
    case 'ellipse':
      return [shape.at[0] - shape.radii[0], shape.at[1] - shape.radii[1],
        shape.at[0] + shape.radii[0], shape.at[1] + shape.radii[1]];
    case 'polygon': {
      const xs = shape.points.filter((_, index) => index % 2 === 0);
      const ys = shape.points.filter((_, index) => index % 2 === 1);
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    }
    default:
      return [shape.at[0], shape.at[1], shape.at[0], shape.at[1]];
  }
}
