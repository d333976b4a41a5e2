/** How an app comes onto a website: the snippet to copy, for new pages and for HelpCrunch's, and who is who there. */

import { useState } from 'preact/hooks';

import { aliasTag, snippet, type Name } from '../core/snippet.ts';
import type { Screen } from '../screen.ts';
import type { App } from './apps.tsx';
import { Copied } from './copied.tsx';

const NAMES: readonly Name[] = ['Onethread', 'HelpCrunch'];

export function Install({ screen, app }: { screen: Screen; app: App }) {
  const { strings } = screen.words.value;
  const [name, setName] = useState<Name>('Onethread');
  const [user, setUser] = useState(false);
  const { origin: server } = location;
  const org = screen.console?.org ?? '';
  const text = snippet({ server, org, appId: app.app_id, appSecret: app.app_secret }, name, user);
  return (
    <div class="install">
      <div class="segments" role="group" aria-label={strings.install}>
        {NAMES.map((one) => (
          <button key={one} type="button" aria-pressed={one === name} onClick={() => setName(one)}>
            {one === 'Onethread' ? strings.newPage : strings.fromHelpCrunch}
          </button>
        ))}
      </div>
      {name === 'HelpCrunch' && (
        <>
          <p>{strings.aliasHint}</p>
          <Copied screen={screen} text={aliasTag(server)} label={strings.aliasTag} />
          <p>{strings.aliasWhole}</p>
        </>
      )}
      <label class="choice">
        <input type="checkbox" checked={user} onChange={({ currentTarget }) => setUser(currentTarget.checked)} />
        <span>{strings.withUser}</span>
      </label>
      <Copied screen={screen} text={text} label={strings.snippet} />
      <Identity screen={screen} />
    </div>
  );
}

function Identity({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  return (
    <details class="identity">
      <summary>{strings.identity}</summary>
      <p>{strings.identityWhy}</p>
      <dl class="facts">
        <div>
          <dt>
            <code>security_hash</code>
          </dt>
          <dd>{strings.identityHash}</dd>
        </div>
        <div>
          <dt>
            <code>user_hash</code>, <code>token</code>
          </dt>
          <dd>{strings.identityProof}</dd>
        </div>
      </dl>
      <p>
        {strings.identityMore} <code>docs/widget.md</code>, <code>docs/http.md</code>,{' '}
        <a href="/openapi.json" target="_blank" rel="noopener">
          {strings.identityApi}
        </a>
      </p>
    </details>
  );
}
