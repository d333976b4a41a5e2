/** The sound of a message: two soft notes, made here, so that no page's policy has to allow a file. */

let context: AudioContext | undefined;

/** Plays it, if the browser lets a page that was not touched yet; if not, that is no error. */
export function chime(): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => {});
    note(context, 659.25, 0);
    note(context, 880, 0.11);
  } catch {
    // No sound on this device.
  }
}

function note(audio: AudioContext, frequency: number, after: number): void {
  const start = audio.currentTime + after;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.12, start + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  const tone = audio.createOscillator();
  tone.frequency.value = frequency;
  tone.connect(gain).connect(audio.destination);
  tone.start(start);
  tone.stop(start + 0.5);
}
