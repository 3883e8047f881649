// The hall fills again when asked to.
const play = document.getElementById('play');
const clock = document.getElementById('clock');
play?.addEventListener('click', () => {
  const { shades, last } = play.dataset;
  const groups = Array.from({ length: Number(shades) }, (_, shade) => document.querySelectorAll(`.hall .s${shade}`));
  const show = (upTo) => groups.forEach((group, shade) => group.forEach((one) => one.classList.toggle('hidden', shade >= upTo)));
  const start = performance.now();
  const whole = 6000;
  const step = (now) => {
    const part = Math.min((now - start) / whole, 1);
    show(Math.ceil(part * Number(shades)));
    clock.textContent = `${(part * Number(last) / 1000).toFixed(1)} s`;
    if (part < 1) requestAnimationFrame(step);
  };
  show(0);
  requestAnimationFrame(step);
});
