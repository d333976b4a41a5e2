/** Who answers: agents are listed, added and removed. */

import { useState } from 'preact/hooks';

import { ask } from '../http.ts';
import type { Me } from '../core/frames.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { Adding, type AddProps } from './adding.tsx';
import { Avatar } from './avatar.tsx';
import { Sure } from './dialog.tsx';
import { useSaving } from './editor.tsx';
import { Field } from './field.tsx';
import { PlusIcon } from './icons.tsx';
import { useListed } from './listed.ts';
import { Shown } from './settings.tsx';
import { fullOf } from './times.ts';

interface Agent extends Me {
  readonly created_at: number;
}

const ROLES = ['agent', 'admin'] as const;

export function Agents({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  // Whoever comes and goes is told live.
  const there = screen.agents.value.map(({ id }) => id).join(' ');
  const listed = useListed<Agent>('/v1/agents', there);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Agent>();
  return (
    <section class="card" aria-labelledby="agents-title">
      <div class="card-header">
        <div>
          <h2 id="agents-title">{strings.agents}</h2>
          <p class="hint">{strings.agentsHint}</p>
        </div>
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          <PlusIcon /> {strings.addAgent}
        </button>
      </div>
      <Shown screen={screen} listed={listed}>
        {(agents) => (
          <ul class="members">
            {agents.map((agent) => (
              <Member key={agent.id} screen={screen} agent={agent} onRemove={() => setLeaving(agent)} />
            ))}
          </ul>
        )}
      </Shown>
      {adding && <AddAgent screen={screen} onClose={() => setAdding(false)} onAdded={listed.reload} />}
      {leaving && (
        <RemoveAgent
          screen={screen}
          agent={leaving}
          agents={listed.items ?? []}
          onClose={() => setLeaving(undefined)}
          onRemoved={listed.reload}
        />
      )}
    </section>
  );
}

function Member({ screen, agent, onRemove }: { screen: Screen; agent: Agent; onRemove: () => void }) {
  const { strings, locale } = screen.words.value;
  const { id, name, email, role, created_at } = agent;
  const state = screen.agents.value.find((one) => one.id === id)?.state;
  return (
    <li class="member">
      <Avatar id={id} name={name} online={state === 'online'} />
      <span class="member-who">
        <b dir="auto">
          {name}{' '}
          <span class="tag" data-role={role}>
            {role === 'admin' ? strings.roleAdmin : strings.roleAgent}
          </span>{' '}
          {id === screen.me.value?.id && <span class="tag">{strings.yourself}</span>}
        </b>
        <small dir="auto">{email}</small>
      </span>
      <small class="member-since">{fill(strings.since, { when: fullOf(created_at, locale) })}</small>
      <button type="button" class="button" aria-label={fill(strings.removeName, { name })} onClick={onRemove}>
        {strings.remove}
      </button>
    </li>
  );
}

/** What the server takes of the form. */
function agentOf(given: FormData): object {
  const name = String(given.get('name')).trim();
  return { ...Object.fromEntries(given), name: name || undefined };
}

function AddAgent(props: AddProps) {
  const { strings } = props.screen.words.value;
  const [seen, setSeen] = useState(false);
  return (
    <Adding
      {...props}
      title={strings.addAgent}
      fields={['name', 'email', 'password']}
      add={(given) => ask('POST', '/v1/agents', agentOf(given))}
    >
      {(at) => (
        <>
          <Field name="name" label={strings.name} trouble={at('name')} />
          <Field name="email" label={strings.email} type="email" trouble={at('email')} />
          <Field
            name="password"
            label={strings.password}
            type={seen ? 'text' : 'password'}
            autocomplete="new-password"
            hint={strings.passwordHint}
            trouble={at('password')}
          >
            <button type="button" class="button" aria-pressed={seen} onClick={() => setSeen(!seen)}>
              {seen ? strings.hide : strings.show}
            </button>
          </Field>
          <fieldset class="field roles">
            <legend>{strings.role}</legend>
            {ROLES.map((role) => (
              <label key={role} class="role">
                <input type="radio" name="role" value={role} defaultChecked={role === 'agent'} />
                <span>
                  <b>{role === 'admin' ? strings.roleAdmin : strings.roleAgent}</b>
                  <small>{role === 'admin' ? strings.roleAdminHint : strings.roleAgentHint}</small>
                </span>
              </label>
            ))}
          </fieldset>
        </>
      )}
    </Adding>
  );
}

interface RemoveProps {
  readonly screen: Screen;
  readonly agent: Agent;
  readonly agents: readonly Agent[];
  readonly onClose: () => void;
  readonly onRemoved: () => Promise<void>;
}

function RemoveAgent({ screen, agent, agents, onClose, onRemoved }: RemoveProps) {
  const { strings } = screen.words.value;
  const { busy, trouble, save } = useSaving(screen);
  const { id, name, role } = agent;
  const isMe = id === screen.me.value?.id;
  const isLast = role === 'admin' && agents.filter((one) => one.role === 'admin').length === 1;
  const sure = async () => {
    if (!(await save(() => ask('DELETE', `/v1/agents/${encodeURIComponent(id)}`)))) return;
    // Whoever removed themselves is logged out by the server.
    if (!isMe) await onRemoved();
    onClose();
  };
  return (
    <Sure
      screen={screen}
      title={fill(isMe ? strings.removeSelfTitle : strings.removeTitle, { name })}
      label={isMe ? strings.removeSelf : strings.remove}
      trouble={trouble}
      busy={busy}
      onSure={() => void sure()}
      onClose={onClose}
    >
      <p>{fill(isMe ? strings.removeSelfHint : strings.removeAgentHint, { name })}</p>
      {isLast && <p class="caution">{strings.removeLastHint}</p>}
    </Sure>
  );
}
