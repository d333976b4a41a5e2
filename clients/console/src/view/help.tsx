/** Every shortcut there is. */

import type { Screen } from '../screen.ts';
import { Dialog } from './dialog.tsx';

export function Help({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
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
    <Dialog screen={screen} class="help" title={strings.keys} onClose={() => (screen.help.value = false)}>
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
    </Dialog>
  );
}
