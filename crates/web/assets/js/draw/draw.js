// The draw, checked in the fan's own browser: everything of docs/fair-queue.md about one place.
// It trusts nothing that it is told and asks nobody.

import { sha256, sha256Into, writeU32, writeU64 } from './sha256.js';

export const ROUNDS = 16;
const PLACES_MAX = 100_000_000;
const BEACON_BYTES_MAX = 128;
const TAG = { leaf: 0, node: 1, root: 2, fan: 3, key: 4, round: 5 };

// A draw file that is not as specified; `line` is counted from one.
export class DrawFault extends Error {
  constructor(code, line) {
    super(line === undefined ? code : `${code}, line ${line}`);
    this.code = code;
    this.line = line;
  }
}

// Checks one place against what was published. `header` is the text of the draw file before its
// digests, `proof` what the shop sent for this place, `noted` what this browser noted before the
// draw: {commitment, root}, each if known. Returns {position, faults}: the position is that of the
// place, and true only if there are no faults.
export function verifyPlace({ header, place, fanKey, proof, noted = {} }) {
  const draw = readHeader(header);
  const faults = faultsOf(draw);
  const leaf = leafOf(place, digestOf(fromHex(draw.sale), fromHex(fanKey)));
  if (!isProven(proof, place, leaf, draw.places, fromHex(draw.root))) faults.push('proof');
  if (noted.commitment && noted.commitment !== draw.commitment) faults.push('noted-commitment');
  if (noted.root && noted.root !== draw.root) faults.push('noted-root');
  const position = new Order(fromHex(draw.key), draw.places).position(place);
  return { draw, position, faults };
}

// What is wrong with a header in itself: the codes of nothing, one or both.
export function faultsOf(draw) {
  const faults = [];
  if (draw.seed && toHex(sha256(fromHex(draw.seed))) !== draw.commitment) faults.push('commitment');
  if (toHex(keyOf(draw)) !== draw.key) faults.push('key');
  return faults;
}

// Reads the lines of a draw file. What could be written in two ways is refused.
export function readHeader(text) {
  const lines = text.split('\n');
  if (lines[0] !== 'frontrow draw 1') throw new DrawFault('title', 1);
  let at = 0;
  const next = (name, pattern) => {
    at += 1;
    const line = lines[at] ?? '';
    const value = line.slice(name.length + 2);
    if (!line.startsWith(`${name}: `) || !pattern.test(value)) throw new DrawFault('line', at + 1);
    return value;
  };
  const hash = /^[0-9a-f]{64}$/;
  const draw = {
    sale: next('sale', /^[0-9a-f]{32}$/),
    places: Number(next('places', /^(0|[1-9][0-9]{0,8})$/)),
    root: next('root', hash),
    commitment: next('commitment', hash),
  };
  if (draw.places > PLACES_MAX) throw new DrawFault('line', 3);
  draw.seed = unless('withheld', next('seed', /^([0-9a-f]{64}|withheld)$/));
  const beacon = next('beacon', /^(none|[A-Za-z0-9._-]{1,64} (0|[1-9][0-9]{0,19}))$/);
  if (beacon === 'none') {
    next('beacon-value', /^none$/);
  } else {
    const [name, round] = beacon.split(' ');
    if (BigInt(round) >= 2n ** 64n) throw new DrawFault('line', at + 1);
    const value = next('beacon-value', /^(([0-9a-f]{2})*|withheld)$/);
    if (value !== 'withheld' && value.length > 2 * BEACON_BYTES_MAX) {
      throw new DrawFault('line', at + 1);
    }
    draw.beacon = { name, round, value: unless('withheld', value) };
  }
  draw.key = next('key', hash);
  if (lines.length !== at + 3 || lines[at + 1] !== '' || lines[at + 2] !== '') {
    throw new DrawFault('line', at + 2);
  }
  return draw;
}

function unless(missing, value) {
  return value === missing ? undefined : value;
}

export function digestOf(sale, fanKey) {
  return tagged(TAG.fan, sale, fanKey).subarray(0, 16);
}

export function leafOf(place, digest) {
  return tagged(TAG.leaf, u64(place), digest);
}

export function rootOf(places, top) {
  return tagged(TAG.root, u64(places), top);
}

export function keyOf({ sale, places, root, seed, beacon }) {
  const value = beacon?.value === undefined ? undefined : fromHex(beacon.value);
  const length = value?.length ?? 0;
  return tagged(
    TAG.key, fromHex(sale), u64(places), fromHex(root),
    [seed === undefined ? 0 : 1], seed === undefined ? [] : fromHex(seed),
    [value === undefined ? 0 : 1, length >> 8, length & 255], value ?? [],
  );
}

// Whether a leaf at a place is one of those that gave a root.
export function isProven(proof, place, leaf, places, root) {
  if (!Number.isInteger(place) || place < 0 || place >= places) return false;
  let [at, used, index, count] = [leaf, 0, place, places];
  while (count > 1) {
    const sibling = index % 2 === 0 ? index + 1 : index - 1;
    if (sibling < count) {
      const hash = proof.subarray(used, used + 32);
      if (hash.length !== 32) return false;
      used += 32;
      at = index % 2 === 0 ? tagged(TAG.node, at, hash) : tagged(TAG.node, hash, at);
    }
    index = Math.floor(index / 2);
    count = Math.ceil(count / 2);
  }
  return used === proof.length && toHex(rootOf(places, at)) === toHex(root);
}

// The order: the position of each place, by a Feistel network over a near-square and cycle walking.
export class Order {
  #a;
  #b;
  #places;
  #steps;
  #input = new Uint8Array(38);
  #hash = new Uint8Array(32);

  constructor(key, places) {
    this.#places = places;
    this.#a = Math.max(1, Math.ceil(Math.sqrt(places)));
    this.#b = Math.max(1, Math.ceil(places / this.#a));
    // What a round adds is computed when it is first asked for: 16 hashes for one place, and for
    // all places few more than for some thousand.
    this.#steps = new Int32Array(ROUNDS * this.#a).fill(-1);
    this.#input[0] = TAG.round;
    this.#input.set(key, 1);
  }

  // Undefined for a place that did not take part.
  position(place) {
    if (!Number.isInteger(place) || place < 0 || place >= this.#places) return undefined;
    let at = place;
    do {
      at = this.#network(at);
    } while (at >= this.#places);
    return at;
  }

  #network(at) {
    let [low, high] = [at % this.#a, Math.floor(at / this.#a)];
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % 2 === 0) low = (low + this.#step(round, high, this.#a)) % this.#a;
      else high = (high + this.#step(round, low, this.#b)) % this.#b;
    }
    return high * this.#a + low;
  }

  #step(round, other, modulus) {
    const index = round * this.#a + other;
    if (this.#steps[index] < 0) {
      this.#input[33] = round;
      writeU32(this.#input, 34, other);
      sha256Into(this.#input, 38, this.#hash, 0);
      const view = new DataView(this.#hash.buffer);
      // The first eight bytes, reduced in two halves that numbers hold exactly.
      const high = (view.getUint32(0) % modulus) * (2 ** 32 % modulus);
      this.#steps[index] = (high + view.getUint32(4)) % modulus;
    }
    return this.#steps[index];
  }
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function u64(number) {
  const bytes = new Uint8Array(8);
  writeU64(bytes, 0, number);
  return bytes;
}

function tagged(tag, ...parts) {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = tag;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return sha256(bytes);
}
