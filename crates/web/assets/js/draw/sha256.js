// SHA-256 (FIPS 180-4) without waiting: the browser's own answers by promise, which for millions of
// short inputs takes many times longer, and not at all on a page without TLS.

const firstBits = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
const primes = [];
for (let n = 2; primes.length < 64; n += 1) {
  if (primes.every((prime) => n % prime !== 0)) primes.push(n);
}
// Fractional parts of cube and square roots of the first primes, as the standard defines them. The
// tests check that rounding in floating point gave the right bits.
const K = Int32Array.from(primes, (prime) => firstBits(Math.cbrt(prime)));
const START = Int32Array.from(primes.slice(0, 8), (prime) => firstBits(Math.sqrt(prime)));

const state = new Int32Array(8);
const words = new Int32Array(64);
const last = new Uint8Array(128);

// Hashes the first `length` bytes and writes the 32 bytes of the hash to `out` from `at`.
export function sha256Into(bytes, length, out, at) {
  state.set(START);
  const whole = length - (length % 64);
  for (let from = 0; from < whole; from += 64) compress(bytes, from);
  const rest = length - whole;
  const padded = rest < 56 ? 64 : 128;
  for (let i = 0; i < rest; i += 1) last[i] = bytes[whole + i];
  last[rest] = 0x80;
  last.fill(0, rest + 1, padded);
  writeU64(last, padded - 8, length * 8);
  for (let from = 0; from < padded; from += 64) compress(last, from);
  for (let i = 0; i < 8; i += 1) writeU32(out, at + 4 * i, state[i]);
}

export function sha256(bytes) {
  const out = new Uint8Array(32);
  sha256Into(bytes, bytes.length, out, 0);
  return out;
}

export function writeU32(bytes, at, number) {
  bytes[at] = number >>> 24;
  bytes[at + 1] = number >>> 16;
  bytes[at + 2] = number >>> 8;
  bytes[at + 3] = number;
}

export function writeU64(bytes, at, number) {
  writeU32(bytes, at, Math.floor(number / 2 ** 32));
  writeU32(bytes, at + 4, number >>> 0);
}

function compress(bytes, from) {
  for (let i = 0, at = from; i < 16; i += 1, at += 4) {
    words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = words[i - 15];
    const y = words[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
  // Not by destructuring, which goes through an iterator each time.
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
