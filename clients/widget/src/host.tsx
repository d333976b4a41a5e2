/** The widget's place in a page: a shadow root, so that neither's styles reach the other. */

import { effect } from '@preact/signals';
import { render } from 'preact';

import styles from './styles/index.css?inline';
import { App } from './view/app.tsx';
import type { Widget } from './widget.ts';

// Above this luminance a colour can not be told from a white ground (WCAG 2 asks for 3:1), and below the next one white is
// the colour that is better read on it.
const PALE = 0.3;
const DARK = 0.18;

/** Puts the widget into the page, beside its body: what the body is made to do does not move it. */
export function mount(widget: Widget): void {
  // Neither a page's `div` nor its `*` means it.
  const host = document.createElement('onethread-widget');
  host.style.setProperty('all', 'initial', 'important');
  const root = host.attachShadow({ mode: 'open' });
  const colours = dress(root);
  effect(() => {
    const { color } = widget.settings.value ?? {};
    if (color) paint(colours, color);
  });
  render(<App widget={widget} />, root);
  document.documentElement.append(host);
}

/** Answers where the page's own colours go. Constructed sheets are no inline style: no page's policy forbids them. */
function dress(root: ShadowRoot): CSSStyleDeclaration {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  const own = new CSSStyleSheet();
  own.insertRule('.widget {}');
  root.adoptedStyleSheets = [sheet, own];
  return (own.cssRules[0] as CSSStyleRule).style;
}

/** The page's own colour, with whichever of white and black can be read on it, and a ring that is seen. */
function paint(colours: CSSStyleDeclaration, color: string): void {
  colours.setProperty('--accent', color);
  const canvas = document.createElement('canvas').getContext('2d');
  if (!canvas) return;
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(linear);
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  colours.setProperty('--on-accent', luminance < DARK ? '#fff' : '#000');
  colours.setProperty('--deeper', luminance > PALE ? '50%' : '0%');
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
