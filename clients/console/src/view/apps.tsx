/** Where the chat stands: websites and mobile apps are listed, added, installed and removed. */

import { useState } from 'preact/hooks';

import { ask } from '../http.ts';
import type { Screen } from '../screen.ts';
import { fill, type Strings } from '../strings/index.ts';
import { AddApp } from './app-form.tsx';
import { Sure } from './dialog.tsx';
import { useSaving } from './editor.tsx';
import { PlusIcon } from './icons.tsx';
import { Install } from './install.tsx';
import { useListed } from './listed.ts';
import { Shown } from './settings.tsx';

export interface App {
  readonly app_id: number;
  readonly app_secret: string;
  readonly name: string;
  /** Of the pages that may connect; empty: all. */
  readonly origins: readonly string[];
  readonly prechat_fields: readonly Asked[];
}

/** What visitors are asked before they write. */
export interface Asked {
  readonly name: 'name' | 'email' | 'phone' | 'company';
  readonly required: boolean;
}

export function Apps({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const listed = useListed<App>('/v1/apps');
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<App>();
  return (
    <section class="apps" aria-labelledby="apps-title">
      <div class="card-header">
        <div>
          <h2 id="apps-title">{strings.apps}</h2>
          <p class="hint">{strings.appsHint}</p>
        </div>
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          <PlusIcon /> {strings.addApp}
        </button>
      </div>
      <Shown screen={screen} listed={listed}>
        {(apps) =>
          apps.length === 0 ? (
            <p class="empty">{strings.noApps}</p>
          ) : (
            apps.map((app) => <One key={app.app_id} screen={screen} app={app} onRemove={() => setLeaving(app)} />)
          )
        }
      </Shown>
      {adding && <AddApp screen={screen} onClose={() => setAdding(false)} onAdded={listed.reload} />}
      {leaving && (
        <RemoveApp screen={screen} app={leaving} onClose={() => setLeaving(undefined)} onRemoved={listed.reload} />
      )}
    </section>
  );
}

const titleOf = ({ name, app_id }: App, strings: Strings) => name || fill(strings.appNumber, { n: String(app_id) });

function One({ screen, app, onRemove }: { screen: Screen; app: App; onRemove: () => void }) {
  const { strings } = screen.words.value;
  const [seen, setSeen] = useState(false);
  const [installing, setInstalling] = useState(false);
  const title = titleOf(app, strings);
  const asked = app.prechat_fields.map(
    ({ name, required }) => strings[name] + (required ? '' : ` (${strings.optional})`),
  );
  return (
    <article class="card app" aria-label={title}>
      <div class="card-header">
        <h3 dir="auto">{title}</h3>
        <button type="button" class="button" aria-label={fill(strings.removeName, { name: title })} onClick={onRemove}>
          {strings.remove}
        </button>
      </div>
      <dl class="facts">
        <div>
          <dt>{strings.appId}</dt>
          <dd>
            <code>{app.app_id}</code>
          </dd>
        </div>
        <div>
          <dt>{strings.appSecret}</dt>
          <dd class="secret">
            <code>{seen ? app.app_secret : '•'.repeat(12)}</code>
            <button type="button" class="add-button" aria-pressed={seen} onClick={() => setSeen(!seen)}>
              {seen ? strings.hide : strings.show}
            </button>
          </dd>
        </div>
        <div>
          <dt>{strings.origins}</dt>
          <dd dir="auto">{app.origins.join(', ') || strings.allOrigins}</dd>
        </div>
        <div>
          <dt>{strings.prechat}</dt>
          <dd>{asked.join(', ') || strings.nothingAsked}</dd>
        </div>
      </dl>
      <button
        type="button"
        class="button"
        data-strong={!installing}
        aria-expanded={installing}
        onClick={() => setInstalling(!installing)}
      >
        {strings.install}
      </button>
      {installing && <Install screen={screen} app={app} />}
    </article>
  );
}

interface RemoveProps {
  readonly screen: Screen;
  readonly app: App;
  readonly onClose: () => void;
  readonly onRemoved: () => Promise<void>;
}

function RemoveApp({ screen, app, onClose, onRemoved }: RemoveProps) {
  const { strings } = screen.words.value;
  const { busy, trouble, save } = useSaving(screen);
  const sure = async () => {
    if (!(await save(() => ask('DELETE', `/v1/apps/${app.app_id}`)))) return;
    await onRemoved();
    onClose();
  };
  return (
    <Sure
      screen={screen}
      title={fill(strings.removeTitle, { name: titleOf(app, strings) })}
      label={strings.remove}
      trouble={trouble}
      busy={busy}
      onSure={() => void sure()}
      onClose={onClose}
    >
      <p>{strings.removeAppHint}</p>
    </Sure>
  );
}
