// The seat map: puts the parts together inside <seat-map>. Without it, best available and the list of rows do the same.

import { moneyFormat } from '../shop.js';
import { loadGeometry } from './geometry.js';
import { Status } from './status.js';
import { View } from './view.js';
import { Painter } from './paint.js';
import { gestures } from './gestures.js';
import { keyboard } from './keyboard.js';
import { Tray, element } from './tray.js';

const host = document.querySelector('seat-map');
const data = JSON.parse(document.getElementById('map-data').textContent);
const text = (key, holes = {}) => Object.entries(holes).reduce(
  (line, [name, value]) => line.replaceAll(`{${name}}`, value), data.texts[key]);
const money = moneyFormat(data.currency);

document.getElementById('map').hidden = false;
for (const jump of document.querySelectorAll('[data-map-jump]')) jump.hidden = false;
start().catch((error) => {
  console.error(error);
  const sorry = element('p', 'banner note');
  sorry.textContent = text('failed');
  host.replaceChildren(sorry);
});

async function start() {
  const loading = element('p', 'map-loading');
  loading.textContent = text('loading');
  host.append(loading);
  const geometry = await loadGeometry(host.dataset.geometry);
  // The file knows the plan's names, the page those in the visitor's language.
  geometry.categories.forEach((category, id) => { category.name = data.categories[id] || category.name; });
  geometry.areas.forEach((area, id) => { area.name = data.areas[id] || area.name; });
  const chosen = new Map();
  const own = new Set(data.own);
  const stage = layout(geometry);
  const view = new View(geometry.size, () => {
    // A finger scrolls the page past the whole hall, and the hall once it is zoomed in.
    stage.canvas.style.touchAction = view.zoomed ? 'none' : 'pan-y';
    painter?.redraw();
  });
  let painter;
  const status = new Status(host.dataset.status, geometry.count, {
    onChange: (taken, freed) => onChange(taken, freed),
    onHealth: (ok) => { stage.stale.hidden = ok; },
  });
  await status.start();
  loading.remove();
  host.append(stage.root);
  painter = new Painter(stage.canvas, {
    geometry, status, view, chosen, own,
    labels: {
      free: (count) => text('free', { count: count.toLocaleString(data.language) }),
      from: (_, entry) => text('price-from', { price: money(lowest(entry.free.keys())) }),
    },
  });
  const tray = new Tray(document.getElementById('map-tray'), {
    geometry, data, chosen, text, nameOf: (seat) => placeName(geometry, seat), onRemove: (seat) => toggle(seat),
  });
  const announce = (message) => { stage.live.textContent = message; };

  new ResizeObserver(() => {
    const { width } = stage.canvas.getBoundingClientRect();
    const height = heightFor(width, geometry.size);
    stage.canvas.style.height = `${height}px`;
    const ratio = Math.min(devicePixelRatio, 2.5);
    stage.canvas.width = Math.round(width * ratio);
    stage.canvas.height = Math.round(height * ratio);
    view.resize(width, height);
    painter.redraw();
  }).observe(stage.box);

  gestures(stage.canvas, view, onTap);
  keyboard(stage.box, { geometry, view, painter, toggle, announce, describe });
  stage.zoomIn.addEventListener('click', () => view.zoomStep(1.8));
  stage.zoomOut.addEventListener('click', () => view.zoomStep(1 / 1.8));
  stage.reset.addEventListener('click', () => view.flyTo(view.fitScale, view.size[0] / 2, view.size[1] / 2));

  function lowest(categories) {
    const all = [...categories].flatMap((id) => (data.prices[id] ?? []).map(([, minor]) => minor));
    return all.length > 0 ? Math.min(...all) : 0;
  }

  // Returns whether the tap meant a seat; a dry one only asks.
  function onTap([px, py], { dry, type }) {
    const [x, y] = view.toWorld(px, py);
    if (painter.showsSeats) {
      const reach = Math.max(geometry.radius * 1.3, (type === 'mouse' ? 6 : 16) / view.scale);
      const seat = geometry.seatAt(x, y, reach);
      if (seat >= 0) {
        // Fingers are wider than small seats: come nearer first.
        const tooSmall = type !== 'mouse' && geometry.radius * 2 * view.scale < 13;
        if (tooSmall) {
          if (!dry) view.flyTo(Math.max(view.scale * 2.2, 9 / geometry.radius), x, y);
          return false;
        }
        if (!dry) toggle(seat);
        return true;
      }
    }
    if (dry) return false;
    const area = geometry.areaAt(x, y);
    if (area >= 0) return openArea(area);
    const zone = geometry.zoneAt(x, y);
    if (zone && !painter.showsSeats) view.show(zone.box, geometry.radius * 4);
    return false;
  }

  function openArea(area) {
    const input = document.querySelector(`input[name^="area.${area}."]`);
    if (!input) return false;
    input.closest('details').open = true;
    input.closest('details').scrollIntoView({ block: 'center' });
    input.focus({ preventScroll: true });
    return true;
  }

  function describe(seat) {
    const parts = [placeName(geometry, seat),
      geometry.categories[geometry.category[seat]].name];
    const prices = tray.prices(seat);
    if (prices.length > 0) parts.push(money(prices[0][1]));
    if (geometry.access(seat) === 'wheelchair') parts.push(text('wheelchair'));
    if (geometry.access(seat) === 'companion') parts.push(text('companion'));
    if (chosen.has(seat)) parts.push(text('selected'));
    else if (own.has(seat)) parts.push(text('own'));
    else if (!status.isFree(seat)) parts.push(text('taken'));
    return parts.join(', ');
  }

  function selectable(seat) {
    return data.selling && status.selling && status.isFree(seat) && !chosen.has(seat)
      && tray.prices(seat).length > 0;
  }

  function toggle(seat) {
    if (chosen.has(seat)) {
      for (const place of [seat, ...partners(seat)]) chosen.delete(place);
    } else if (selectable(seat)) {
      const party = [seat, ...partners(seat).filter(selectable)];
      if (chosen.size + own.size + party.length > data.per_order) {
        tray.say(text('at-most', { count: data.per_order }));
        return;
      }
      for (const place of party) chosen.set(place, tray.prices(place)[0][0]);
    } else {
      announce(describe(seat));
      return;
    }
    tray.say('');
    announce(describe(seat));
    painter.redraw();
  }

  // A wheelchair place and its companion's seat stand side by side and are chosen together.
  function partners(seat) {
    const other = { wheelchair: 'companion', companion: 'wheelchair' }[geometry.access(seat)];
    const row = geometry.row(seat);
    return [seat - 1, seat + 1].filter(
      (next) => next >= row.first && next < row.end && geometry.access(next) === other).slice(0, 1);
  }

  function onChange(taken, freed) {
    painter?.seatsChanged([...taken, ...freed]);
    const lost = taken.filter((seat) => chosen.has(seat));
    if (lost.length === 0) return;
    for (const seat of lost) chosen.delete(seat);
    const names = lost.map((seat) => placeName(geometry, seat)).join('; ');
    const near = geometry.nearest(lost[0], (seat) => selectable(seat)
      && geometry.category[seat] === geometry.category[lost[0]]);
    const message = [text('gone', { place: names })];
    const actions = [[text('best'), () => document.getElementById('best').scrollIntoView()]];
    if (near >= 0) {
      message.push(text('gone-next', { place: placeName(geometry, near) }));
      actions.unshift([text('take-nearest'), () => {
        toggle(near);
        view.reveal(geometry.x[near], geometry.y[near], view.scale);
      }]);
    }
    tray.say(message.join(' '), actions);
    navigator.vibrate?.(120);
  }
}

// As high as the hall needs, tall enough to look around in, and never so high that the page cannot be scrolled past it.
function heightFor(width, [w, h]) {
  return Math.round(Math.min(Math.max(width * (h / w), 380), innerHeight * 0.74, 760));
}

// Section, row and seat as people say them; a section that is a number needs a word before it.
function placeName(geometry, seat) {
  const { section, row, seat: number } = geometry.names(seat);
  const name = /^\d/.test(section) ? text('section', { name: section }) : section;
  return text('place-seat', { section: name, row, seat: number });
}

// The parts that one sees, in the order in which they are read.
function layout(geometry) {
  const root = element('div', 'map-root');
  const box = element('div', 'map-box');
  box.tabIndex = 0;
  box.setAttribute('role', 'application');
  box.setAttribute('aria-label', text('label'));
  const canvas = element('canvas');
  const tools = element('div', 'map-tools');
  const zoomIn = tool('+', 'zoom-in');
  const zoomOut = tool('\u2212', 'zoom-out');
  const reset = tool('\u2922', 'reset');
  tools.append(zoomIn, zoomOut, reset);
  const live = element('p', 'hidden');
  live.setAttribute('role', 'status');
  const stale = element('p', 'map-stale');
  stale.textContent = text('stale');
  stale.hidden = true;
  box.append(canvas);
  root.append(box, tools, stale, live, legend(geometry));
  return { root, box, canvas, zoomIn, zoomOut, reset, live, stale };

  function tool(sign, key) {
    const button = element('button');
    button.type = 'button';
    button.textContent = sign;
    button.title = text(key);
    button.setAttribute('aria-label', text(key));
    return button;
  }
}

function legend(geometry) {
  const list = element('ul', 'legend map-legend');
  const used = new Set([...geometry.category, ...geometry.areas.map((area) => area.category)]);
  geometry.categories.forEach(({ name, colour, access }, id) => {
    // A companion's seat comes with the wheelchair place beside it.
    if (!used.has(id) || access === 'companion') return;
    const prices = (data.prices[id] ?? []).map(([, minor]) => minor);
    const price = prices.length > 0 ? text('price-from', { price: money(Math.min(...prices)) }) : '';
    list.append(entry(colour, name, price));
  });
  list.append(entry('var(--map-taken)', text('legend-taken')));
  list.append(entry('var(--go)', text('legend-chosen')));
  if (data.own.length > 0) list.append(entry('var(--spot)', text('legend-own')));
  return list;

  function entry(colour, name, price = '') {
    const item = element('li');
    const dot = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    dot.setAttribute('class', 'swatch');
    dot.setAttribute('viewBox', '0 0 10 10');
    dot.setAttribute('aria-hidden', 'true');
    const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    circle.setAttribute('cx', 5);
    circle.setAttribute('cy', 5);
    circle.setAttribute('r', 4.5);
    circle.style.fill = colour;
    dot.append(circle);
    const cost = element('span', 'price');
    cost.textContent = price;
    item.append(dot, name, ' ', cost);
    return item;
  }
}
