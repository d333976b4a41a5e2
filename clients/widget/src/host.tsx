/** The widget's place in a page: a shadow root, so that neither's styles reach the other. */

import { effect } from '@preact/signals';
import { render } from 'preact';

import styles from './styles/index.css?inline';
import { App } from './view/app.tsx';
import type { Widget } from './widget.ts';

/** Puts the widget at the end of the page, once the page has a body. */
export function mount(widget: Widget): void {
  // Neither a page's `div` nor its `*` means it.
  const host = document.createElement('onethread-widget');
  host.style.setProperty('all', 'initial', 'important');
  const root = host.attachShadow({ mode: 'open' });
  dress(root);
  effect(() => {
    const { locale, direction } = widget.words.value;
    host.lang = locale;
    host.dir = direction;
  });
  effect(() => {
    const { color, position = 'right' } = widget.settings.value ?? {};
    host.dataset.position = position;
    if (color) paint(host, color);
  });
  render(<App widget={widget} />, root);
  const attach = () => document.body.append(host);
  if (document.body) attach();
  else addEventListener('DOMContentLoaded', attach);
}

/** A constructed sheet is no inline style: no page's policy forbids it. */
function dress(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
}

/** The page's own colour, with whichever of white and black can be read on it. */
function paint(host: HTMLElement, color: string): void {
  host.style.setProperty('--accent', color);
  const canvas = document.createElement('canvas').getContext('2d');
  if (!canvas) return;
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(linear);
  // WCAG 2: white has the better contrast below this luminance.
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  host.style.setProperty('--on-accent', luminance < 0.18 ? '#fff' : '#000');
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
