/** Who the customer is: what is known and can be changed, where they are now, and who else has their e-mail. */

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { Known } from '../core/conversation.ts';
import { setField, type Edited } from '../core/edited.ts';
import type { Contact } from '../core/frames.ts';
import { ask } from '../http.ts';
import type { Thread } from '../pane.ts';
import type { Screen } from '../screen.ts';
import { Avatar } from './avatar.tsx';
import { Custom } from './custom.tsx';
import { Editable } from './editor.tsx';
import { CloseIcon, DeviceIcon } from './icons.tsx';
import { Text } from '../../../widget/src/view/text.tsx';
import { fullOf, timeOf } from './times.ts';

interface Props {
  readonly screen: Screen;
  readonly thread: Thread;
  readonly known: Known;
}

/** Changes the profile. Rejects with a `Problem`. */
type Change = (edited: Edited) => Promise<unknown>;

export function Profile({ screen, thread, known }: Props) {
  const { strings } = screen.words.value;
  const { contact, devices } = known;
  // What came of it is told to every connection of the thread, this one too.
  const change = (edited: Edited) => ask('PATCH', `/v1/contacts/${encodeURIComponent(contact.id)}`, edited);
  return (
    <aside class="profile" aria-label={strings.profile} tabIndex={0}>
      <button
        type="button"
        class="icon-button shut"
        aria-label={strings.hideDetails}
        onClick={() => screen.showProfile(false)}
      >
        <CloseIcon />
      </button>
      <div class="portrait">
        <Avatar id={contact.id} name={contact.name} size="large" online={devices.some((one) => one.online)} />
        <Editable
          screen={screen}
          label={strings.name}
          text={contact.name}
          save={(text) => change(setField('name', text))}
        >
          <h2 dir="auto">{contact.name}</h2>
        </Editable>
        <p class="tag">{contact.authenticated ? strings.contact : strings.visitor}</p>
      </div>
      <Facts screen={screen} known={known} change={change} />
      <Part title={strings.customData}>
        <Custom screen={screen} data={contact.custom_data ?? {}} change={change} />
      </Part>
      <Part title={strings.devices}>
        {devices.length === 0 && <p class="none">{strings.noDevices}</p>}
        <ul class="devices">
          {devices.map((device) => (
            <li key={device.id} data-online={device.online}>
              <DeviceIcon kind={device.kind} />
              <span dir="auto">{device.name ?? device.kind}</span>
              <small>{device.online ? strings.now : strings.offline}</small>
            </li>
          ))}
        </ul>
      </Part>
      <SameEmail screen={screen} ids={contact.same_email ?? []} />
      <Tracks screen={screen} thread={thread} />
    </aside>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ screen, known, change }: { screen: Screen; known: Known; change: Change }) {
  const { strings, locale } = screen.words.value;
  const { contact, devices, page } = known;
  const online = devices.some((one) => one.online);
  const when = (at: number | undefined) => (at ? fullOf(at, locale) : undefined);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [strings.userId, contact.user_id],
    [strings.contactSince, when(contact.created_at)],
    [strings.lastSeen, online ? strings.now : when(contact.seen_at)],
    [strings.onPage, page && (page.title ? `${page.title}\n${page.url}` : page.url)],
  ];
  return (
    <dl class="facts">
      {(['email', 'phone', 'company'] as const).map((field) => (
        <div key={field}>
          <dt>{strings[field]}</dt>
          <dd dir="auto">
            <Editable
              screen={screen}
              label={strings[field]}
              text={contact[field] ?? ''}
              save={(text) => change(setField(field, text))}
            >
              {contact[field] && (
                <span>
                  <Text text={contact[field]} />
                </span>
              )}
            </Editable>
          </dd>
        </div>
      ))}
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">
                <Text text={value} />
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** Other contacts with this e-mail: shown, never merged. */
function SameEmail({ screen, ids }: { screen: Screen; ids: readonly string[] }) {
  const { strings } = screen.words.value;
  const [people, setPeople] = useState<readonly Contact[]>([]);
  const wanted = ids.join(' ');
  useEffect(() => {
    let over = false;
    const asked = ids.map((id) => ask<Contact>('GET', `/v1/contacts/${encodeURIComponent(id)}`).catch(() => undefined));
    void Promise.all(asked).then((found) => over || setPeople(found.filter((one) => one !== undefined)));
    return () => {
      over = true;
    };
  }, [wanted]);
  if (!people.length) return null;
  return (
    <Part title={strings.sameEmail}>
      <ul class="people">
        {people.map((contact) => (
          <li key={contact.id}>
            <button type="button" onClick={() => contact.thread && screen.open(contact.thread)}>
              <Avatar id={contact.id} name={contact.name} size="small" />
              <span dir="auto">{contact.name}</span>
              <small>{contact.user_id ?? (contact.authenticated ? strings.contact : strings.visitor)}</small>
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** What the customer did while the thread was open. */
function Tracks({ screen, thread: { tracks } }: { screen: Screen; thread: Thread }) {
  const { strings, locale } = screen.words.value;
  if (!tracks.length) return null;
  return (
    <Part title={strings.activity}>
      <ul class="tracks">
        {tracks.toReversed().map(({ name, data, at }) => (
          <li key={`${at} ${name}`}>
            <span dir="auto">{name}</span> <time>{timeOf(at, locale)}</time>
            {data && (
              <small dir="auto">
                {Object.entries(data)
                  .map(([key, value]) => `${key}: ${String(value)}`)
                  .join(', ')}
              </small>
            )}
          </li>
        ))}
      </ul>
    </Part>
  );
}
