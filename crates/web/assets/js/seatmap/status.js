// What is free: asks about once a second while somebody looks, and tells what changed.

const EVERY_MS = 1000;
const BACKOFF_MAX_MS = 15000;

export class Status {
  // `onChange(taken, freed)` is called after every change with seat ids; `onHealth(ok)` when contact is lost or back.
  constructor(url, count, { onChange, onHealth }) {
    this.url = url;
    this.taken = new Uint8Array(count);
    this.areas = [];
    this.selling = true;
    this.version = undefined;
    this.delay = EVERY_MS;
    this.onChange = onChange;
    this.onHealth = onHealth;
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#again(0);
    });
  }

  async start() {
    await this.#ask();
    this.#again(this.delay);
  }

  isFree(seat) {
    return this.taken[seat] === 0;
  }

  #again(delay) {
    clearTimeout(this.timer);
    // A little jitter keeps a million phones from asking in step.
    this.timer = setTimeout(async () => {
      if (document.visibilityState !== 'visible' || this.asking) return;
      this.asking = true;
      try {
        await this.#ask();
        if (this.delay !== EVERY_MS) this.onHealth(true);
        this.delay = EVERY_MS;
      } catch {
        this.delay = Math.min(this.delay * 2, BACKOFF_MAX_MS);
        if (this.delay > 2 * EVERY_MS) this.onHealth(false);
      } finally {
        this.asking = false;
      }
      this.#again(this.delay);
    }, delay * (0.9 + Math.random() * 0.2));
  }

  async #ask() {
    const since = this.version === undefined ? '' : `?since=${encodeURIComponent(this.version)}`;
    const headers = this.version === undefined ? {} : { 'If-None-Match': `"${this.version}"` };
    const response = await fetch(this.url + since, { headers, cache: 'no-store' });
    if (response.status === 304) return;
    if (!response.ok) throw new Error(`status: ${response.status}`);
    const body = await response.json();
    const first = this.version === undefined;
    const [taken, freed] =
      body.seats === undefined ? [body.taken, body.freed] : this.#compare(body.seats);
    for (const seat of taken) this.taken[seat] = 1;
    for (const seat of freed) this.taken[seat] = 0;
    this.areas = body.areas;
    this.selling = body.selling;
    this.version = body.version;
    this.onChange(first ? [] : taken, first ? [] : freed);
  }

  #compare(base64) {
    const bits = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const taken = [];
    const freed = [];
    for (let seat = 0; seat < this.taken.length; seat += 1) {
      const now = (bits[seat >> 3] >> (seat & 7)) & 1;
      if (now !== this.taken[seat]) (now ? taken : freed).push(seat);
    }
    return [taken, freed];
  }
}
