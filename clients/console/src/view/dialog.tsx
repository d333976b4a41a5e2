/** A question or a page over the others: Escape, its cross and a click beside it close it. */

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

import type { Screen } from '../screen.ts';
import { CloseIcon } from './icons.tsx';

interface Props {
  readonly screen: Screen;
  readonly title: string;
  readonly onClose: () => void;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Dialog({ screen, title, onClose, class: name = '', children }: Props) {
  const { strings } = screen.words.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current!.showModal();
    // To what is asked, where something is.
    dialog.current!.querySelector<HTMLElement>('input, select, textarea')?.focus();
    return () => before?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${name}`}
      aria-labelledby={id}
      onClose={onClose}
      onMouseDown={({ target }) => target === dialog.current && dialog.current?.close()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="icon-button" aria-label={strings.dismiss} onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface SureProps {
  readonly screen: Screen;
  readonly title: string;
  /** What the button that does it says. */
  readonly label: string;
  readonly trouble: string | undefined;
  readonly busy: boolean;
  readonly onSure: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before something is done that can't be undone. */
export function Sure({ screen, title, label, trouble, busy, onSure, onClose, children }: SureProps) {
  return (
    <Dialog screen={screen} title={title} onClose={onClose}>
      {children}
      <p class="trouble" role="alert">
        {trouble}
      </p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {screen.words.value.strings.cancel}
        </button>
        <button type="button" class="button destructive" disabled={busy} onClick={onSure}>
          {label}
        </button>
      </div>
    </Dialog>
  );
}
