/** A form in a dialog that adds one more: what is refused is told at its field, or below. */

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

import type { Screen } from '../screen.ts';
import { Dialog } from './dialog.tsx';
import { useSaving } from './editor.tsx';

export interface AddProps {
  readonly screen: Screen;
  readonly onClose: () => void;
  readonly onAdded: () => Promise<void>;
}

interface Props extends AddProps {
  readonly title: string;
  /** The names of the fields that tell their own trouble. */
  readonly fields: readonly string[];
  /** Adds what was given. Rejects with a `Problem`. */
  readonly add: (given: FormData) => Promise<unknown>;
  /** The fields; `at` answers what is wrong with one. */
  readonly children: (at: (field: string) => string | undefined) => ComponentChildren;
}

export function Adding({ screen, title, fields, add, onClose, onAdded, children }: Props) {
  const { busy, trouble, refused, save } = useSaving(screen);
  const form = useRef<HTMLFormElement>(null);
  // A path such as `origins[1]` is about the field that it begins with.
  const blamed = refused?.field?.split(/[.[]/)[0] ?? '';
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!(await save(() => add(new FormData(form.current!))))) {
      return form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    }
    await onAdded();
    onClose();
  };
  return (
    <Dialog screen={screen} title={title} onClose={onClose}>
      <form ref={form} class="form" noValidate onSubmit={submit}>
        {children((field) => (blamed === field ? trouble : undefined))}
        <p class="trouble" role="alert">
          {!fields.includes(blamed) && trouble}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {screen.words.value.strings.cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {title}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
