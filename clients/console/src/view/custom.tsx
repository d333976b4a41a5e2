/** A contact's custom data: each value changed or removed where it stands, and new ones added below. */

import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { setCustom, type Edited } from '../core/edited.ts';
import type { Scalar } from '../core/frames.ts';
import type { Screen } from '../screen.ts';
import { Editable, Trouble, typing, useSaving } from './editor.tsx';
import { PlusIcon } from './icons.tsx';
import { Text } from '../../../widget/src/view/text.tsx';

interface Props {
  readonly screen: Screen;
  readonly data: Readonly<Record<string, Scalar>>;
  /** Changes the profile. Rejects with a `Problem`. */
  readonly change: (edited: Edited) => Promise<unknown>;
}

export function Custom({ screen, data, change }: Props) {
  const { strings } = screen.words.value;
  const [adding, setAdding] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const fields = Object.entries(data);
  const toButton = () => button.current?.focus();
  const was = useRef(false);
  useLayoutEffect(() => {
    if (was.current && !adding) toButton();
    was.current = adding;
  }, [adding]);
  return (
    <>
      {fields.length > 0 && (
        <dl class="facts">
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt dir="auto">{name}</dt>
              <dd dir="auto">
                <Editable
                  screen={screen}
                  label={name}
                  text={String(value)}
                  save={(text) => change(setCustom(name, text, value))}
                  onCleared={toButton}
                  removable
                >
                  <span>
                    <Text text={String(value)} />
                  </span>
                </Editable>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {adding ? (
        <Adding screen={screen} data={data} change={change} onDone={() => setAdding(false)} />
      ) : (
        <button ref={button} type="button" class="add-button" onClick={() => setAdding(true)}>
          <PlusIcon /> {strings.addCustom}
        </button>
      )}
    </>
  );
}

function Adding({ screen, data, change, onDone }: Props & { readonly onDone: () => void }) {
  const { strings } = screen.words.value;
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [again, setAgain] = useState(false);
  const { busy, trouble, refused, save, forget } = useSaving(screen);
  const first = useRef<HTMLInputElement>(null);
  const id = useId();
  useLayoutEffect(() => first.current!.focus(), []);
  const name = key.trim();
  const ready = Boolean(name && value.trim());
  const submit = async () => {
    if (!ready || busy) return;
    forget();
    setAgain(Object.hasOwn(data, name));
    if (!Object.hasOwn(data, name) && (await save(() => change(setCustom(name, value))))) onDone();
  };
  const inKey = again || refused?.field === 'custom_data';
  const keys = (event: KeyboardEvent) => typing(event, () => void submit(), onDone);
  return (
    <form class="editor" noValidate onSubmit={(event) => (event.preventDefault(), void submit())}>
      <input
        ref={first}
        value={key}
        placeholder={strings.customKey}
        aria-label={strings.customKey}
        aria-invalid={inKey}
        aria-describedby={id}
        autocomplete="off"
        dir="auto"
        onInput={({ currentTarget }) => setKey(currentTarget.value)}
        onKeyDown={keys}
      />
      <input
        value={value}
        placeholder={strings.customValue}
        aria-label={strings.customValue}
        aria-invalid={refused !== undefined && !inKey}
        aria-describedby={id}
        autocomplete="off"
        dir="auto"
        onInput={({ currentTarget }) => setValue(currentTarget.value)}
        onKeyDown={keys}
      />
      <Trouble id={id} text={again ? strings.keyExists : trouble} />
      <div class="editor-buttons">
        <button type="submit" class="primary" disabled={!ready || busy}>
          {strings.add}
        </button>
        <button type="button" class="button" onClick={onDone}>
          {strings.cancel}
        </button>
      </div>
    </form>
  );
}
