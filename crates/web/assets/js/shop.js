// Small comforts on every page. Each works on what the server already rendered; nothing here is needed to buy.

steppers();
countdowns();
offerTotals();
seatLimits();
oneSubmit();
watch();
again();
document.querySelector('[data-focus]')?.focus();

// A page kept by the browser's back button shows an old cart: ask for it again.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

// Plus and minus beside number fields: big enough for a thumb.
function steppers() {
  for (const stepper of document.querySelectorAll('.stepper')) {
    const input = stepper.querySelector('input');
    const name = input.labels[0]?.textContent.trim() ?? '';
    const less = button('\u2212', `\u2212 ${name}`, () => input.stepDown());
    const more = button('+', `+ ${name}`, () => input.stepUp());
    const show = () => {
      less.disabled = input.valueAsNumber <= Number(input.min);
      more.disabled = input.valueAsNumber >= Number(input.max);
    };
    stepper.prepend(less);
    stepper.append(more);
    stepper.classList.add('ready');
    input.addEventListener('input', show);
    show();

    function button(sign, label, step) {
      const element = document.createElement('button');
      element.type = 'button';
      element.textContent = sign;
      element.setAttribute('aria-label', label);
      element.addEventListener('click', () => {
        step();
        input.dispatchEvent(new Event('input', { bubbles: true }));
      });
      return element;
    }
  }
}

// Counts down to what the server said, whatever this device's clock says.
function countdowns() {
  for (const element of document.querySelectorAll('[data-countdown]')) {
    const end = performance.now() + Number(element.dataset.countdown) * 1000;
    const left = element.querySelector('[data-left]');
    const show = () => {
      const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      element.classList.toggle('late', seconds < 120);
      if (seconds === 0) {
        clearInterval(timer);
        // A form half filled in is not thrown away; the server says it once it is sent.
        if (!document.querySelector('form[novalidate]')) setTimeout(() => location.reload(), 1500);
      }
    };
    const timer = setInterval(show, 500);
    show();
  }
}

// The button of an offer says what its choice costs, and waits until something is chosen.
function offerTotals() {
  for (const form of document.querySelectorAll('form[data-offer]')) {
    const inputs = [...form.querySelectorAll('input[data-minor]')];
    const button = form.querySelector('button.primary');
    const text = button.textContent;
    const money = moneyFormat(form.dataset.currency);
    const show = () => {
      const count = inputs.reduce((sum, input) => sum + (input.valueAsNumber || 0), 0);
      const minor = inputs.reduce(
        (sum, input) => sum + (input.valueAsNumber || 0) * Number(input.dataset.minor), 0);
      button.disabled = count === 0;
      button.textContent = count === 0 ? text : `${text} · ${money(minor)}`;
    };
    form.addEventListener('input', show);
    show();
  }
}

export function moneyFormat(currency) {
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger',
  });
  const unit = 10 ** format.resolvedOptions().maximumFractionDigits;
  return (minor) => format.format(minor / unit);
}

// No more boxes can be ticked than one order may have.
function seatLimits() {
  for (const form of document.querySelectorAll('form[data-at-most]')) {
    const most = Number(form.dataset.atMost);
    form.addEventListener('change', () => {
      const full = form.querySelectorAll('input:checked').length >= most;
      for (const box of form.querySelectorAll('input[type="checkbox"]')) {
        box.disabled = full && !box.checked;
      }
    });
  }
}

// A page that waits for something asks every few seconds, and is shown anew only when there is news.
function watch() {
  if (!document.querySelector('[data-watch]')) return;
  const told = (page) => page.querySelector('main').textContent.replace(/\d+:\d\d/g, '');
  const before = told(document);
  setInterval(async () => {
    if (document.visibilityState !== 'visible') return;
    try {
      const response = await fetch(location.href);
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      if (response.ok && told(page) !== before) location.reload();
    } catch {
      // Off line for a moment; the next time will tell.
    }
  }, 3000);
}

// A busy shop is asked again when it said so, for as long as somebody looks.
function again() {
  const seconds = document.querySelector('[data-again]')?.dataset.again;
  if (seconds) setTimeout(() => location.reload(), Number(seconds) * 1000);
}

// A second tap on a slow network is not a second purchase. The server knows that too.
function oneSubmit() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    event.submitter?.setAttribute('aria-disabled', 'true');
    setTimeout(() => {
      delete form.dataset.sent;
      event.submitter?.removeAttribute('aria-disabled');
    }, 8000);
  });
}
