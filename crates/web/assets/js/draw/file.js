// A whole draw file, checked place by place as it is read. It takes seconds for a million places,
// so pages let `worker.js` do it.

import { DrawFault, Order, faultsOf, fromHex, readHeader, rootOf, toHex } from './draw.js';
import { sha256, sha256Into, writeU64 } from './sha256.js';

const HEADER_BYTES_MAX = 2048;
const DIGEST_BYTES = 16;

// Reads a stream of bytes (of a file, or of a response) and returns {draw, faults}: codes of what is
// wrong, none if all is as it must be. `onProgress(done, places)` is called now and then.
export async function verifyFile(stream, onProgress = () => {}) {
  const reader = stream.getReader();
  let [held, draw, tree] = [new Uint8Array(0), undefined, undefined];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    held = joined(held, value);
    if (draw === undefined) {
      const end = endOfHeader(held);
      if (end === undefined) continue;
      draw = readHeader(new TextDecoder().decode(held.subarray(0, end)));
      tree = new Tree();
      held = held.subarray(end);
    }
    const whole = held.length - (held.length % DIGEST_BYTES);
    if (tree.places + whole / DIGEST_BYTES > draw.places) throw new DrawFault('longer');
    for (let at = 0; at < whole; at += DIGEST_BYTES) tree.push(held, at);
    held = held.subarray(whole);
    onProgress(tree.places, draw.places);
  }
  if (draw === undefined) readHeader(new TextDecoder().decode(held));
  if (tree.places < draw.places) throw new DrawFault('shorter');
  if (held.length > 0) throw new DrawFault('longer');
  const faults = faultsOf(draw);
  if (toHex(tree.root()) !== draw.root) faults.push('root');
  if (!isPermutation(new Order(fromHex(draw.key), draw.places), draw.places)) faults.push('order');
  return { draw, faults };
}

function joined(one, other) {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

// Where the digests begin; undefined if that cannot be said yet.
function endOfHeader(bytes) {
  const most = Math.min(bytes.length, HEADER_BYTES_MAX);
  for (let at = 1; at < most; at += 1) {
    if (bytes[at] === 10 && bytes[at - 1] === 10) return at + 1;
  }
  if (bytes.length >= HEADER_BYTES_MAX) throw new DrawFault('header');
  return undefined;
}

// The Merkle tree of RFC 9162, of which only one node a height is kept: the last full one that has
// no partner yet. Which heights have one, the bits of the number of leaves say.
class Tree {
  places = 0;
  #nodes = [];
  // The tag, a place, a digest; and the tag and two nodes.
  #leaf = new Uint8Array(25);
  #pair = new Uint8Array(65).fill(1, 0, 1);

  push(digests, from) {
    writeU64(this.#leaf, 1, this.places);
    for (let i = 0; i < DIGEST_BYTES; i += 1) this.#leaf[9 + i] = digests[from + i];
    let height = 0;
    for (let rest = this.places; rest % 2 === 1; rest = (rest - 1) / 2) height += 1;
    this.#nodes[height] ??= new Uint8Array(32);
    if (height === 0) {
      sha256Into(this.#leaf, 25, this.#nodes[0], 0);
    } else {
      sha256Into(this.#leaf, 25, this.#pair, 33);
      for (let at = 0; at < height; at += 1) {
        this.#pair.set(this.#nodes[at], 1);
        if (at + 1 < height) sha256Into(this.#pair, 65, this.#pair, 33);
        else sha256Into(this.#pair, 65, this.#nodes[height], 0);
      }
    }
    this.places += 1;
  }

  root() {
    let top;
    for (let [height, rest] = [0, this.places]; rest > 0; height += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      if (top === undefined) {
        top = this.#nodes[height].slice();
      } else {
        this.#pair.set(this.#nodes[height], 1);
        this.#pair.set(top, 33);
        top = sha256(this.#pair);
      }
    }
    return rootOf(this.places, top ?? sha256(new Uint8Array(0)));
  }
}

// It follows from how the order is computed; here it is counted.
function isPermutation(order, places) {
  const drawn = new Uint8Array(Math.ceil(places / 8));
  for (let place = 0; place < places; place += 1) {
    const position = order.position(place);
    const [index, bit] = [Math.floor(position / 8), 1 << (position % 8)];
    if (drawn[index] & bit) return false;
    drawn[index] |= bit;
  }
  return true;
}
