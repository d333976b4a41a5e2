/** Where a file is picked or dropped. */

import { useRef } from 'preact/hooks';

import type { Screen } from '../screen.ts';
import { FileIcon } from './icons.tsx';

export function Picker({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  return (
    <section class="drop-zone" aria-label={strings.pickFile}>
      <FileIcon size={38} />
      <p class="drop-title">{strings.dropFile}</p>
      <PickButton screen={screen} label={strings.pickFile} strong />
      <small>{strings.fileHint}</small>
    </section>
  );
}

interface ButtonProps {
  readonly screen: Screen;
  readonly label: string;
  readonly strong?: boolean;
}

/** A button that picks a file. */
export function PickButton({ screen, label, strong = false }: ButtonProps) {
  const field = useRef<HTMLInputElement>(null);
  const picked = () => {
    const [file] = field.current?.files ?? [];
    if (file) void screen.imports.pick(file);
    // The same file again is a pick too: it may be another now.
    field.current!.value = '';
  };
  return (
    <>
      <input ref={field} type="file" hidden accept=".csv,.tsv,.txt,text/csv" onChange={picked} />
      <button type="button" class={strong ? 'primary' : 'button'} onClick={() => field.current?.click()}>
        {label}
      </button>
    </>
  );
}
