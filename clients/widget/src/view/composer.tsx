/** What one writes with: a new message, or a new text for an old one. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { LONGEST, tooMany } from '../length.ts';
import { fill } from '../strings/index.ts';
import type { Widget } from '../widget.ts';
import { grow } from './grow.ts';
import { useTyping } from './hooks.ts';
import { CloseIcon, SendIcon } from './icons.tsx';

export function Composer({ widget }: { widget: Widget }) {
  const editing = widget.editing.value;
  const stopEditing = () => widget.edit(undefined);
  const { strings } = widget.words.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const text = widget.draft.value;
  const touched = useTyping((on) => widget.chat.client?.typing(on));
  const long = tooMany(text.trim());

  useEffect(() => field.current?.focus(), [editing]);
  useLayoutEffect(() => grow(field.current), [text]);

  const submit = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words || tooMany(words)) return;
    if (editing) {
      stopEditing();
      if (words !== editing.text) widget.chat.client?.edit(editing.seq, words);
    } else if (widget.send(words)) {
      widget.draft.value = '';
    }
    touched('');
    field.current?.focus();
  };
  const write = (value: string) => {
    widget.draft.value = value;
    if (!editing) touched(value);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <form class="composer" onSubmit={submit}>
      {editing && (
        <div class="editing">
          <span>{strings.editing}</span>
          <button
            type="button"
            class="icon small"
            aria-label={strings.cancel}
            title={strings.cancel}
            onClick={stopEditing}
          >
            <CloseIcon />
          </button>
        </div>
      )}
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-invalid={long !== undefined}
          placeholder={strings.write}
          aria-label={strings.write}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={key}
        />
        <button
          type="submit"
          class="send"
          aria-label={editing ? strings.save : strings.send}
          disabled={!text.trim() || long !== undefined}
        >
          <SendIcon />
        </button>
      </div>
      {long !== undefined && (
        <p class="error" role="alert">
          {fill(strings.tooLong, { n: long, most: LONGEST })}
        </p>
      )}
    </form>
  );
}
