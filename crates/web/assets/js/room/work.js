// The work that a place may cost: a number whose hash, with the room's challenge and this page's own token, begins with
// so many zero bits.

import { sha256Into } from '../draw/sha256.js';

// Between two looks at whatever else the page has to do.
const TRIES = 4000;

export async function work(address, own) {
  const answer = await fetch(address, { headers: { accept: 'application/json' } });
  const { work: asked } = await answer.json();
  // It is not open yet, or costs nothing any more.
  if (!asked) return '';
  const head = new TextEncoder().encode(`${asked.challenge}:${own}:`);
  const bytes = new Uint8Array(head.length + 16);
  const hash = new Uint8Array(32);
  bytes.set(head);
  for (let found = 0; ; found += 1) {
    const digits = String(found);
    for (let i = 0; i < digits.length; i += 1) bytes[head.length + i] = digits.charCodeAt(i);
    sha256Into(bytes, head.length + digits.length, hash, 0);
    if (zeros(hash) >= asked.bits) return digits;
    if (found % TRIES === TRIES - 1) await new Promise((next) => { setTimeout(next); });
  }
}

function zeros(hash) {
  const view = new DataView(hash.buffer);
  const first = Math.clz32(view.getUint32(0));
  return first < 32 ? first : 32 + Math.clz32(view.getUint32(4));
}
