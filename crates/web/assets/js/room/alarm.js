// Calls a fan whose turn it is, in the ways they asked for and in no other.

let audio;

export function offer(tools, text) {
  const [sound, notice] = [tools.querySelector('[data-sound]'), tools.querySelector('[data-notice]')];
  tools.hidden = false;
  sound.onclick = () => {
    // Browsers let a page be heard only after a touch: this is it.
    if (audio) audio.close();
    audio = audio ? undefined : new AudioContext();
    sound.setAttribute('aria-pressed', audio !== undefined);
    ring(1);
  };
  const show = () => {
    notice.hidden = !('Notification' in window) || Notification.permission === 'denied';
    if (window.Notification?.permission === 'granted') {
      notice.textContent = text('notice-on');
      notice.disabled = true;
    }
  };
  notice.onclick = async () => {
    await Notification.requestPermission();
    show();
  };
  show();
}

export function call(title, body) {
  ring(5);
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300]);
  if (window.Notification?.permission !== 'granted') return;
  try {
    const notice = new Notification(title, { body, tag: 'room', requireInteraction: true });
    notice.onclick = () => { window.focus(); notice.close(); };
  } catch {
    // Some phones show notices only from a service worker; sound and title remain.
  }
}

function ring(times) {
  for (let i = 0; audio && i < times * 2; i += 1) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const start = audio.currentTime + Math.floor(i / 2) * 0.7 + (i % 2) * 0.18;
    tone.frequency.value = i % 2 ? 880 : 660;
    volume.gain.setValueAtTime(0.25, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.4);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.4);
  }
}
