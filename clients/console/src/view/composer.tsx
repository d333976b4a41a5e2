/** What one writes with: a reply, a note for agents only, or a new text for an old one. */

import { useLayoutEffect, useRef } from 'preact/hooks';

import { LONGEST, tooMany } from '../../../widget/src/length.ts';
import { grow } from '../../../widget/src/view/grow.ts';
import { useTyping } from '../../../widget/src/view/hooks.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { CloseIcon, NoteIcon, SendIcon } from './icons.tsx';

// More of a name than this is no help in a sentence.
const NAME = 40;

export function Composer({ screen, name }: { screen: Screen; name: string }) {
  const { pane } = screen;
  const { strings } = screen.words.value;
  const { text, note } = pane.draft.value;
  const editing = pane.editing.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const touched = useTyping((on) => pane.typing(on));
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

/** A name within a sentence: short, and turning nothing around that is not its own (Unicode's isolates). */
function called(name: string): string {
  return `\u2068${name.length > NAME ? `${name.slice(0, NAME)}…` : name}\u2069`;
}
