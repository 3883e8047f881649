// A ticket in the queue at the door: the screen stays on, and a swipe shows the next one.

let lock;

async function stayAwake() {
  try {
    lock = await navigator.wakeLock?.request('screen');
  } catch {
    // Battery saver says no; the ticket still shows.
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && (lock === undefined || lock.released)) stayAwake();
});
stayAwake();

let startX;
const ticket = document.querySelector('.ticket');
ticket.addEventListener('touchstart', (event) => { startX = event.changedTouches[0].clientX; },
  { passive: true });
ticket.addEventListener('touchend', (event) => {
  const moved = event.changedTouches[0].clientX - startX;
  if (Math.abs(moved) < 80) return;
  document.querySelector(moved < 0 ? 'a[rel="next"]' : 'a[rel="prev"]')?.click();
}, { passive: true });
