// The waiting room, kept up to date from its public status. Everything here is a comfort: the page
// says the same without scripts, asking again by itself.

import { Forged, Gone, ask, least, level, most } from './status.js';
import { range, words } from './wait.js';
import { call, offer } from './alarm.js';

const AGAIN_MAX_MS = 60_000;
const SAY_EVERY_MS = 300_000;
// As in crates/ledger/src/limits.rs.
const SOLD_OUT_NEAR = 200;
// Where a fan still has something to be told of.
const TELLS = ['gathered', 'drawing', 'waiting', 'sold-out'];
// Where it is worth offering a mail when it is one's turn.
const WRITES = ['gathered', 'drawing', 'waiting'];
// Where it is worth explaining how places are given.
const EARLY = ['closed', 'gathering', 'gathered', 'drawing', 'queue'];
const data = JSON.parse(document.getElementById('room').textContent);
const card = document.querySelector('[data-room]');
const one = (name) => document.querySelector(`[data-${name}]`);
const number = new Intl.NumberFormat(data.language);
const text = (key, holes = {}) => Object.entries(holes).reduce(
  (line, [name, value]) => line.replaceAll(`{${name}}`, value), data.texts[key]);
const noted = note();
const pace = one('pace')?.textContent;
const tab = document.title.split(' \u00b7 ').slice(1);

const loaded = Date.now();

let state = card.dataset.room;
let seen;
let failures = 0;
let timer;
let asking = false;
let reloading = false;
let said = { at: Date.now() };

countdowns();
checks();
works();
if (one('tools')) {
  offer(one('tools'), text);
  one('tools').hidden = !TELLS.includes(state);
}
// A phone that wakes up, comes back into the net or is looked at again asks at once.
for (const event of ['online', 'focus']) addEventListener(event, poll);
addEventListener('offline', () => { one('stale').hidden = false; });
addEventListener('pageshow', (event) => event.persisted && poll());
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && poll());
again(2 + Math.random() * 8);

// Where a place costs some work, it is done when somebody asks for one.
function works() {
  for (const form of document.querySelectorAll('form[data-work]')) {
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const button = form.querySelector('button');
      button.disabled = true;
      button.textContent = text('working');
      const { work } = await import('./work.js');
      form.elements.work.value = await work(form.dataset.work, form.elements.csrf.value);
      form.submit();
    });
  }
}

function again(seconds) {
  clearTimeout(timer);
  timer = setTimeout(poll, seconds * 1000);
}

async function poll() {
  // Whoever is in the shop waits for nothing.
  if (asking || state === 'inside') return;
  // Events come in showers.
  if (seen && Date.now() - seen.asked < 2000) {
    again(2);
    return;
  }
  // Also while nobody looks: whoever does something else meanwhile wants to be called.
  asking = true;
  try {
    const status = await ask(data);
    // Another replica or a cache may be a little behind: what was said is not taken back.
    const before = seen;
    if (!before || status.at >= before.at) {
      await take(status, before);
      seen = status;
    }
    seen.asked = Date.now();
    failures = 0;
    one('forged').hidden = true;
  } catch (error) {
    failures += 1;
    if (error instanceof Forged) one('forged').hidden = false;
    if (error instanceof Gone) reload(60);
  }
  one('stale').hidden = failures < 2;
  asking = false;
  again(pause());
}

// Seconds until the next question: as the status asks for, a fifth of it at random, so that no two
// phones keep in step; and slower and slower where nobody answers.
function pause() {
  const jitter = 1 + Math.random() / 5;
  if (failures > 0) return Math.min(AGAIN_MAX_MS / 1000, 3 * 2 ** failures) * jitter;
  const [near, middle, far] = seen.polls;
  if (state === 'drawing') return middle * jitter;
  // Whoever stands first hears of places that come back before their turn is over.
  const first = data.position !== null && ahead(seen) < SOLD_OUT_NEAR;
  if (state === 'sold-out') return (first ? near : far) * jitter;
  if (state !== 'waiting') return far * jitter;
  const from = ahead(seen) === 0 ? 0 : range(ahead(seen), seen)?.from ?? 300_000;
  return (from < 120_000 ? near : from < 600_000 ? middle : far) * jitter;
}

const ahead = (status) => Math.max(0, data.position - status.cursor);

async function take(status, before) {
  if (status.message !== data.said) await message(status.message);
  one('paused').hidden = !status.paused;
  const speed = one('speed');
  if (speed) speed.hidden = status.paused;
  await findPosition(status);
  show(stateOf(status, before), status);
  numbers(status);
  left(status);
}

// After the draw everybody finds their own position; nobody asks for it.
async function findPosition(status) {
  if (data.place === null || data.position !== null || status.phase !== 'queue') return;
  if (data.place >= status.drawn) {
    data.position = data.place;
    return;
  }
  try {
    const { positionOf } = await import('./own.js');
    data.position = await positionOf(data);
    if (one('proof')) one('proof').hidden = false;
  } catch {
    // The shop knows it too.
    reload(20);
  }
}

function stateOf(status, before) {
  const has = data.place !== null;
  const over = { off: 'open', ended: 'ended', 'sold-out': 'sold-out', closed: 'closed' };
  if (over[status.phase]) return over[status.phase];
  // The start has come here; the shop's clock may be a moment behind.
  if (status.phase === 'gathering' && state === 'drawing') return state;
  if (status.phase === 'gathering') return has ? 'gathered' : 'gathering';
  if (!has) return 'queue';
  if (data.position === null) return 'drawing';
  if (data.position >= status.cursor) return 'waiting';
  if (['turn', 'missed', 'one-moment'].includes(state)) return state;
  // Whoever slept for long may have missed it: only the shop knows.
  const since = (Date.now() - (before?.asked ?? loaded)) / 1000;
  const open = data.turn - since;
  // Less than a second is over before anything could say so.
  if (open < 1) return 'unknown';
  one('turn').dataset.countdown = Math.floor(open);
  countdown(one('turn'));
  return 'turn';
}

function show(next, status) {
  if (next === state) return;
  const section = card.querySelector(`[data-state="${next}"]`);
  // The page has no words for it: asked for again, but not by everybody at once.
  if (!section?.dataset.title) {
    reload(next === 'unknown' ? 1 : 20);
    return;
  }
  for (const other of card.querySelectorAll('[data-state]')) other.hidden = other !== section;
  const timed = card.querySelector('[data-until]');
  if (timed) timed.hidden = next !== card.dataset.room;
  if (one('letter')) one('letter').hidden = !WRITES.includes(next);
  if (one('how')) one('how').hidden = !EARLY.includes(next);
  if (one('tools')) one('tools').hidden = !TELLS.includes(next);
  const title = section.dataset.title;
  card.querySelector('h1').textContent = title;
  state = next;
  document.title = [title, ...tab].join(' \u00b7 ');
  say(title);
  if (next === 'turn') call(title, tab[0]);
  if (next === 'waiting') said = { at: Date.now(), ahead: ahead(status) };
}

function numbers(status) {
  const waiting = state === 'waiting';
  if (!waiting && state !== 'queue') return;
  const before = waiting ? ahead(status) : Math.max(0, status.joined - status.cursor);
  const wait = status.paused ? undefined : range(before, status);
  for (const element of card.querySelectorAll('[data-wait]')) put(element, words(wait, text));
  if (!waiting) {
    put(one('waiting'), number.format(before));
    return;
  }
  put(one('ahead'), number.format(before));
  card.querySelector('progress').value = data.position
    ? Math.floor((status.cursor / data.position) * 100) : 100;
  document.title = [text('tab-ahead', { count: number.format(before) }), ...tab].join(' \u00b7 ');
  one('longer').hidden = !isLonger(wait) && !status.slower;
  put(one('pace'), status.slower ? text(`pace-${status.slower}`) : pace);
  said.ahead ??= before;
  if (before <= said.ahead / 2 || Date.now() - said.at > SAY_EVERY_MS) {
    say(text('say-ahead', { count: number.format(before), wait: words(wait, text) }));
    said = { at: Date.now(), ahead: before };
  }
}

// Whether the queue will take longer than this browser was told before. What was told first counts,
// also after the page was loaded again.
function isLonger(wait) {
  if (!wait) return false;
  const end = Date.now() + wait.to;
  const slack = Math.max(60_000, wait.to / 10);
  const told = Math.min(noted.told ?? end, end);
  if (told !== noted.told) keep({ told });
  return end > told + slack;
}

// What is left, where it is something else than the page says already.
function left(status) {
  const cells = [...document.querySelectorAll('[data-left]')];
  let places = 0;
  for (const cell of cells) {
    const now = status.left[cell.dataset.left];
    if (now === undefined) return;
    places += most(now);
    if (now === level(Number(cell.dataset.count))) continue;
    const count = least(now);
    cell.dataset.count = count;
    put(cell, count === 0 ? text('left-none') : `${number.format(count)}${now > 3 ? '+' : ''}`);
    cell.parentElement.classList.toggle('gone', count === 0);
  }
  const small = state === 'waiting' && cells.length > 0 && ahead(status) >= places;
  if (one('small')) one('small').hidden = !small;
  if (one('list')) one('list').hidden = !small && state !== 'sold-out';
}

async function message(count) {
  if (!data.message) {
    reload(60);
    return;
  }
  const response = await fetch(data.message, { cache: 'no-store' });
  if (!response.ok) throw new Error(`message: ${response.status}`);
  const words = (await response.json()).text ?? '';
  data.said = count;
  one('message').hidden = words === '';
  put(one('message').querySelector('span'), words);
  say(words);
}

// Asks for the whole page, once, within so many seconds: never everybody in the same.
function reload(spread) {
  if (reloading) return;
  reloading = true;
  setTimeout(() => location.reload(), Math.random() * spread * 1000);
}

function countdowns() {
  for (const element of document.querySelectorAll('[data-countdown]')) countdown(element);
}

// Counts down to what the shop said, whatever this device's clock says; it goes on in its sleep.
function countdown(element) {
  const end = Date.now() + Number(element.dataset.countdown) * 1000;
  const tick = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, '0')];
    element.textContent = `${minutes}:${rest}`;
    if (seconds > 0) return;
    clearInterval(ticking);
    if (state === 'turn') show('missed', seen);
    else if (state === 'inside') reload(2);
    else {
      if (state === 'gathered' && data.draw) show('drawing', seen);
      // The start: a million phones do not ask in the same second.
      again(Math.random() * 8);
    }
  };
  const ticking = setInterval(tick, 500);
  tick();
}

function checks() {
  const link = one('check');
  link?.addEventListener('click', async (event) => {
    event.preventDefault();
    const verdict = one('verdict');
    try {
      const { check } = await import('./own.js');
      const good = await check(data, link.href, noted);
      put(verdict, text(good ? 'checked-good' : 'checked-bad'));
      verdict.className = good ? 'note good' : 'note bad';
    } catch {
      put(verdict, text('checked-later'));
    }
  });
}

// What this browser knows by itself: the commitment before the draw, the place, what was told.
function note() {
  let known = {};
  try {
    known = JSON.parse(localStorage.getItem(data.sale)) ?? {};
  } catch {
    // A browser that keeps nothing trusts what it is shown.
  }
  if (data.place !== null && known.place !== data.place) known = { commitment: known.commitment };
  return known;
}

function keep(more) {
  Object.assign(noted, more);
  try {
    localStorage.setItem(data.sale, JSON.stringify(noted));
  } catch {
    // Private windows and full disks: it is known until the page is closed.
  }
}

function put(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}

function say(words) {
  put(one('live'), words);
}

keep({
  commitment: noted.commitment ?? data.commitment ?? undefined,
  place: data.place ?? undefined,
  fan: noted.fan ?? data.fan ?? undefined,
});
