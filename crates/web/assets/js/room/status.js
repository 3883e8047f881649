// The room's public status: one small signed object, the same for everybody. Its bytes are those of
// crates/ledger/src/room/status/bytes.rs.

const SIGNATURE_BYTES = 64;
const PHASES = ['off', 'closed', 'gathering', 'drawing', 'queue', 'sold-out', 'ended'];

// What made the queue slower than was told before, as keys of the page's texts.
const SLOWER = [undefined, 'full', 'places', 'rate', 'shop', 'payments', 'unmeasured', 'full', 'full'];

// Asks for the status. `Forged` is thrown where the signature is wrong; where the browser cannot
// check one, the connection alone vouches for it.
export class Forged extends Error {}
// The room is no more.
export class Gone extends Error {}

export async function ask({ status, sale, key }) {
  const response = await fetch(status, { cache: 'no-store' });
  if (response.status === 404) throw new Gone();
  if (!response.ok) throw new Error(`status: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const body = bytes.subarray(SIGNATURE_BYTES);
  if (key && await isGenuine(key, sale, bytes.subarray(0, SIGNATURE_BYTES), body) === false) {
    throw new Forged();
  }
  return decode(body);
}

async function isGenuine(key, sale, signature, body) {
  let imported;
  try {
    const raw = Uint8Array.from(atob(key), (char) => char.charCodeAt(0));
    imported = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  } catch {
    return undefined;
  }
  const id = sale.match(/../g).map((pair) => parseInt(pair, 16));
  const signed = [...new TextEncoder().encode('frontrow room status v1'), ...id, ...body];
  return crypto.subtle.verify('Ed25519', imported, signature, new Uint8Array(signed));
}

export function decode(bytes) {
  let at = 0;
  const byte = () => {
    if (at >= bytes.length) throw new Error('status: too short');
    at += 1;
    return bytes[at - 1];
  };
  const number = () => {
    let [sum, scale, next] = [0, 1, 0];
    do {
      next = byte();
      sum += (next & 127) * scale;
      scale *= 128;
    } while (next > 127);
    return sum;
  };
  const flags = byte();
  if ((flags & 15) !== 1) throw new Error('status: of another version');
  const status = { paused: (flags & 16) !== 0, phase: PHASES[byte()], at: number() };
  if (flags & 32) {
    const distance = number();
    status.next = status.at + (distance % 2 ? -1 : 1) * Math.floor(distance / 2);
  }
  for (const name of ['joined', 'cursor', 'drawn', 'soon', 'now', 'low', 'high']) status[name] = number();
  status.slower = SLOWER[byte()];
  status.message = number();
  status.polls = [byte(), byte(), byte()];
  if (flags & 64) {
    const lowest = number();
    status.prices = [lowest, lowest + number()];
  }
  status.left = [...bytes.subarray(at)].flatMap((pair) => [pair & 15, pair >> 4]);
  return status;
}

// How much is left, as the status writes it, and the least and most that a level stands for.
export const level = (left) => (left < 4 ? left : Math.min(15, Math.floor(Math.log2(left)) + 2));
export const least = (step) => (step < 4 ? step : 2 ** (step - 2));
export const most = (step) => (step < 4 ? step : step < 15 ? 2 ** (step - 1) - 1 : Infinity);
