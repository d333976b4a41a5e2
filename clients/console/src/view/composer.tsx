/** What one writes with: a reply, a note for agents only, or a new text for an old one. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { LONGEST, tooMany } from '../../../widget/src/length.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { grow } from './grow.ts';
import { CloseIcon, NoteIcon, SendIcon } from './icons.tsx';

// More of a name than this is no help in a sentence.
const NAME = 40;
// Who has not touched a key for so long is thinking, not typing.
const IDLE = 5_000;

export function Composer({ screen, name }: { screen: Screen; name: string }) {
  const { pane } = screen;
  const { strings } = screen.words.value;
  const { text, note } = pane.draft.value;
  const editing = pane.editing.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const touched = useTyping(screen);
  const long = tooMany(text.trim());
  const { value: wishes } = pane.focus;
  // Before the next key: whoever asks to write goes on typing.
  useLayoutEffect(() => {
    if (wishes) field.current?.focus();
  }, [wishes]);
  useLayoutEffect(() => grow(field.current), [text]);

  const submit = (event: Event) => {
    event.preventDefault();
    if (long === undefined && pane.submit()) touched('');
    field.current?.focus();
  };
  const write = (value: string) => {
    pane.write({ text: value, note });
    if (!editing) touched(value);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  };
  const placeholder = note ? strings.writeNote : fill(strings.writeReply, { name: called(name) });
  return (
    <form class="composer" data-note={note} onSubmit={submit}>
      {editing ? (
        <div class="modes">
          <span>{strings.editing}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={strings.cancel}
            onClick={() => pane.edit(undefined)}
          >
            <CloseIcon />
          </button>
        </div>
      ) : (
        <div class="modes" role="group">
          <button type="button" aria-pressed={!note} onClick={() => pane.compose(false)}>
            {strings.reply}
          </button>
          <button type="button" aria-pressed={note} onClick={() => pane.compose(true)}>
            <NoteIcon /> {strings.note}
          </button>
        </div>
      )}
      <div class="writing">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-invalid={long !== undefined}
          placeholder={placeholder}
          aria-label={placeholder}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={key}
        />
        <button
          type="submit"
          class="send"
          aria-label={editing ? strings.save : note ? strings.addNote : strings.send}
          disabled={!text.trim() || long !== undefined}
        >
          <SendIcon />
        </button>
      </div>
      {long !== undefined && (
        <p class="trouble" role="alert">
          {fill(strings.tooLong, { n: long, most: LONGEST })}
        </p>
      )}
    </form>
  );
}

/** Tells the others that one types, until the text is empty, sent, or left alone. */
function useTyping({ pane }: Screen): (text: string) => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    if (timer.current !== undefined) pane.typing(false);
    timer.current = undefined;
  };
  useEffect(() => stop, []);
  return (text) => {
    if (!text.trim()) return stop();
    clearTimeout(timer.current);
    pane.typing(true);
    timer.current = setTimeout(stop, IDLE);
  };
}

/** A name within a sentence: short, and turning nothing around that is not its own (Unicode's isolates). */
function called(name: string): string {
  return `\u2068${name.length > NAME ? `${name.slice(0, NAME)}…` : name}\u2069`;
}
