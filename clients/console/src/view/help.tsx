/** Every shortcut there is. */

import { useEffect, useRef } from 'preact/hooks';

import type { Screen } from '../screen.ts';
import { CloseIcon } from './icons.tsx';

export function Help({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['J'], strings.keyNext],
    [['K'], strings.keyPrevious],
    [['Enter'], strings.keyOpen],
    [['R'], strings.keyReply],
    [['N'], strings.keyNote],
    [['P'], strings.keyProfile],
    [['A'], strings.keyAssign],
    [['E'], strings.keyClose],
    [['1', '5'], strings.keyViews],
    [['I'], strings.inbox],
    [['C'], strings.contacts],
    [['/'], strings.keySearch],
    [['Esc'], strings.keyBack],
    [['?'], strings.keyHelp],
  ];
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => (screen.help.value = false)}
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
    >
      <header>
        <h2 id="help-title">{strings.keys}</h2>
        <button type="button" class="icon-button" aria-label={strings.dismiss} onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </header>
      <dl>
        {rows.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>{meaning}</dt>
            <dd>
              {keys.map((key, index) => (
                <>
                  {index > 0 && '–'}
                  <kbd>{key}</kbd>
                </>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
