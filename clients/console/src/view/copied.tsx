/** Text to be taken elsewhere, and a button that copies it. */

import { useRef, useState } from 'preact/hooks';

import type { Screen } from '../screen.ts';
import { CheckIcon, CopyIcon } from './icons.tsx';

interface Props {
  readonly screen: Screen;
  readonly text: string;
  /** What it is. */
  readonly label: string;
}

export function Copied({ screen, text, label }: Props) {
  const { strings } = screen.words.value;
  const [copied, setCopied] = useState<string>();
  const code = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(text);
    } catch {
      // Without https a browser has no clipboard to write to.
      getSelection()?.selectAllChildren(code.current!);
      screen.notice.value = strings.copyYourself;
    }
  };
  const done = copied === text;
  return (
    <div class="copied">
      <pre tabIndex={0} role="region" aria-label={label} dir="ltr">
        <code ref={code}>{text}</code>
      </pre>
      <button type="button" class="button" onClick={() => void copy()}>
        {done ? <CheckIcon /> : <CopyIcon />}
        <span role="status">{done ? strings.copied : strings.copy}</span>
      </button>
    </div>
  );
}
