// How long somebody waits, in words: the same as in crates/web/src/pages/room/wait.rs.

const TURN = 60_000_000;
const SLACK_MS = 10_000;

// `{from, to}` in milliseconds, by the ledger's rule (room/admission/pace.rs): some turns come soon,
// all others at between two rates. Undefined while the queue stands still.
export function range(ahead, { soon, now, low, high }) {
  const first = Math.min(ahead, soon);
  const ms = (turns, rate) => (turns === 0 ? 0 : Math.floor((turns * TURN) / rate));
  const start = ms(first, now);
  const to = start + ms(ahead - first, low);
  if (!Number.isFinite(to)) return undefined;
  const from = start + ms(ahead - first, high);
  return { from: Math.max(0, from - SLACK_MS), to: to + SLACK_MS };
}

const step = (minutes) => (minutes <= 15 ? 1 : minutes <= 60 ? 5 : 10);

export function words(wait, text) {
  if (!wait) return text('wait-unknown');
  const [least, most] = [Math.floor(wait.from / 60_000), Math.ceil(wait.to / 60_000)];
  const to = Math.ceil(most / step(most)) * step(most);
  const from = Math.min(to, least - (least % step(least)));
  if (to <= 1) return text('wait-moment');
  if (from === to) return clock(to);
  if (from === 0) return text('wait-most', { wait: clock(to) });
  return to < 60 ? `${from}\u2013${clock(to)}` : `${clock(from)}\u00a0\u2013 ${clock(to)}`;
}

function clock(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest}\u00a0min`;
  return rest === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h\u00a0${rest}\u00a0min`;
}
