/** A value that becomes a field where it stands: Enter saves, Escape leaves it as it was; refusals are told there. */

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Problem } from '../http.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { grow } from '../../../widget/src/view/grow.ts';
import { PencilIcon } from './icons.tsx';

/** Does something that may be refused, and says so: `busy` meanwhile, then the `refused`'s own words. */
export function useSaving(screen: Screen) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Problem>();
  const save = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      setRefused(undefined);
      return true;
    } catch (error) {
      setRefused(error as Problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const trouble = refused && (refused.message || screen.words.value.strings.unreachable);
  return { busy, trouble, refused, save, forget: () => setRefused(undefined) };
}

interface EditableProps {
  readonly screen: Screen;
  readonly label: string;
  readonly text: string;
  /** Saves a new text. Rejects with a `Problem`. */
  readonly save: (text: string) => Promise<unknown>;
  /** What shows the text while it is not edited. */
  readonly children: ComponentChildren;
  /** Called after the text was cleared. */
  readonly onCleared?: () => void;
  /** Whether there is a button that clears it; an empty field does too. */
  readonly removable?: boolean;
}

export function Editable({ screen, label, text, save, children, onCleared, removable = false }: EditableProps) {
  const { strings } = screen.words.value;
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  useLayoutEffect(() => {
    if (was.current && !editing) button.current?.focus();
    was.current = editing;
  }, [editing]);
  const done = (cleared: boolean) => {
    setEditing(false);
    if (cleared) onCleared?.();
  };
  if (editing) {
    return <Editor screen={screen} label={label} text={text} save={save} removable={removable} onDone={done} />;
  }
  return (
    <span class="editable">
      {children}
      <button
        ref={button}
        type="button"
        class={text ? 'icon-button small' : 'add-button'}
        aria-label={fill(text ? strings.editField : strings.addField, { field: label })}
        onClick={() => setEditing(true)}
      >
        {text ? <PencilIcon /> : strings.add}
      </button>
    </span>
  );
}

interface EditorProps {
  readonly screen: Screen;
  readonly label: string;
  readonly text: string;
  readonly save: (text: string) => Promise<unknown>;
  readonly removable: boolean;
  readonly onDone: (cleared: boolean) => void;
}

function Editor({ screen, label, text, save, removable, onDone }: EditorProps) {
  const { strings } = screen.words.value;
  const [typed, setTyped] = useState(text);
  const { busy, trouble, save: saving } = useSaving(screen);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useLayoutEffect(() => field.current!.select(), []);
  useLayoutEffect(() => grow(field.current), [typed]);
  const submit = async (wanted: string) => {
    if (wanted === text || (await saving(() => save(wanted)))) onDone(!wanted.trim());
    else field.current?.focus();
  };
  return (
    <form class="editor" noValidate onSubmit={(event) => (event.preventDefault(), void submit(typed))}>
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={typed}
        aria-label={label}
        aria-invalid={trouble !== undefined}
        aria-describedby={trouble && id}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onKeyDown={(event) =>
          typing(
            event,
            () => void submit(typed),
            () => onDone(false),
          )
        }
      />
      <Trouble id={id} text={trouble} />
      <div class="editor-buttons">
        <button type="submit" class="primary" disabled={busy}>
          {strings.save}
        </button>
        <button type="button" class="button" onClick={() => onDone(false)}>
          {strings.cancel}
        </button>
        {removable && (
          <button type="button" class="text-button danger" disabled={busy} onClick={() => void submit('')}>
            {strings.remove}
          </button>
        )}
      </div>
    </form>
  );
}

/** Why something was refused, at the field that it is about. */
export function Trouble({ id, text }: { id?: string; text: string | undefined }) {
  return (
    <p id={id} class="trouble" role="alert">
      {text}
    </p>
  );
}

/** Enter saves, with Shift it begins a line; Escape gives up. */
export function typing(event: KeyboardEvent, save: () => void, cancel: () => void): void {
  if (event.isComposing) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    cancel();
  } else if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    save();
  }
}
