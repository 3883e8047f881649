// The organiser's picture, kept fresh: the server has written and drawn everything, this puts it in place.

const EVERY_MS = 2000;
const host = document.querySelector('[data-control]');
const lost = host.querySelector('[data-lost]');

async function ask() {
  if (document.visibilityState !== 'visible') return;
  try {
    const response = await fetch(host.dataset.control, { cache: 'no-store' });
    if (!response.ok) throw new Error(`control: ${response.status}`);
    const { numbers, curves } = await response.json();
    for (const [name, text] of numbers) {
      const here = host.querySelectorAll(`[data-number="${name}"], [data-same="${name}"]`);
      // What did not change is not announced again.
      for (const element of here) if (element.textContent !== text) element.textContent = text;
    }
    for (const [name, points] of curves) {
      host.querySelector(`[data-curve="${name}"]`).setAttribute('points', points);
    }
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
}

(async () => {
  for (;;) {
    await ask();
    await new Promise((done) => { setTimeout(done, EVERY_MS); });
  }
})();
