/** The contacts that were found, windowed; more are fetched as one scrolls. */

import { useRef } from 'preact/hooks';

import type { Directory as Found, Filter } from '../core/directory.ts';
import type { Contact } from '../core/frames.ts';
import type { Screen } from '../screen.ts';
import { fill, type Strings, type Words } from '../strings/index.ts';
import { Avatar } from './avatar.tsx';
import { Listing } from './listing.tsx';
import { shortOf } from './times.ts';

export function Directory({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const { value: directory } = screen.contacts.directory;
  // What was found before stays, faint, until what is looked for now is there.
  const before = useRef<Found | undefined>(undefined);
  const waiting = !directory || (directory.is === 'loading' && !directory.contacts.length);
  if (!waiting) before.current = directory;
  const found = before.current;
  if (!found) return <p class="empty">{strings.loading}</p>;
  return (
    <div class="directory" aria-busy={waiting} data-stale={waiting}>
      {found.contacts.length > 0 && <Rows key={JSON.stringify(found.filter)} screen={screen} found={found} />}
      {found.is === 'failed' && <Failed screen={screen} found={found} />}
      {found.is === 'whole' && !found.contacts.length && <p class="empty">{nobody(found.filter, strings)}</p>}
    </div>
  );
}

function nobody(filter: Filter, strings: Strings): string {
  const [entry] = Object.entries(filter);
  if (!entry) return strings.noContacts;
  const [name, value] = entry;
  if (name === 'authenticated') return value === 'true' ? strings.noKnown : strings.noVisitors;
  return fill(strings.noMatch, { query: value });
}

function Failed({ screen, found }: { screen: Screen; found: Found }) {
  const { strings } = screen.words.value;
  return (
    <p class="empty" role="alert">
      {found.trouble ? fill(strings.notLoaded, { reason: found.trouble }) : strings.unreachable}{' '}
      <button type="button" class="text-button" onClick={() => screen.contacts.more()}>
        {strings.again}
      </button>
    </p>
  );
}

function Rows({ screen, found: { contacts } }: { screen: Screen; found: Found }) {
  const words = screen.words.value;
  const more = () => {
    if (screen.contacts.directory.value?.is === 'more') screen.contacts.more();
  };
  return (
    <>
      <Headings words={words} />
      <Listing
        screen={screen}
        label={words.strings.contacts}
        items={contacts}
        threadOf={({ thread }) => thread}
        idOf={rowId}
        height={60}
        start={screen.contacts.scrolled}
        onScroll={(offset) => (screen.contacts.scrolled = offset)}
        onMore={more}
      >
        {(contact, index, current) => (
          <Row
            key={contact.id}
            contact={contact}
            words={words}
            current={current}
            position={index + 1}
            onOpen={() => screen.open(contact.thread)}
          />
        )}
      </Listing>
    </>
  );
}

/** Where it stands follows the page's direction; what it says, its own. */
function Cell({ is, text }: { is: string; text: string | undefined }) {
  return (
    <span class="cell" data-is={is}>
      <bdi>{text}</bdi>
    </span>
  );
}

const rowId = ({ id }: Contact) => `contact-${id}`;

/** What the columns are; where the list is narrow each row has two lines, and none of these. */
function Headings({ words: { strings } }: { words: Words }) {
  return (
    <div class="contact-row headings" aria-hidden="true">
      {[strings.name, strings.email, strings.phone, strings.company, strings.userId, strings.contactSince].map(
        (heading) => (
          <span key={heading}>{heading}</span>
        ),
      )}
    </div>
  );
}

interface RowProps {
  readonly contact: Contact;
  readonly words: Words;
  readonly current: boolean;
  readonly position: number;
  readonly onOpen: () => void;
}

function Row({ contact, words: { strings, locale }, current, position, onOpen }: RowProps) {
  const { id, name, email, phone, company, user_id, created_at, authenticated } = contact;
  return (
    <div
      id={rowId(contact)}
      class="contact-row"
      role="option"
      aria-selected={current}
      aria-posinset={position}
      aria-setsize={-1}
      onClick={onOpen}
    >
      <Avatar id={id} name={name} />
      <span class="row-name">
        <bdi>{name}</bdi>
        {!authenticated && <small class="tag">{strings.visitor}</small>}
      </span>
      <Cell is="email" text={email} />
      <Cell is="phone" text={phone} />
      <Cell is="company" text={company} />
      <Cell is="user_id" text={user_id} />
      <Cell is="all" text={[email, phone, company, user_id].filter(Boolean).join(' · ')} />
      {created_at !== undefined && (
        <time dateTime={new Date(created_at).toISOString()}>{shortOf(created_at, locale, Date.now())}</time>
      )}
    </div>
  );
}
