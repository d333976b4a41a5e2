/** The rooms, and the agent's own corner. */

import type { ComponentChildren } from 'preact';

import { CONTACTS, HOME, SETTINGS, type Place } from '../place.ts';
import type { Screen } from '../screen.ts';
import { ContactsIcon, InboxIcon, Mark, SettingsIcon } from './icons.tsx';
import { OwnMenu } from './menu.tsx';

export function Rail({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const unread = screen.inbox.value.rows.filter((row) => row.unread > 0).length;
  return (
    <nav class="rail" aria-label={strings.rooms}>
      <span class="mark">
        <Mark />
      </span>
      <Door screen={screen} to={HOME} label={strings.inbox} mark={unread > 0}>
        <InboxIcon />
      </Door>
      <Door screen={screen} to={CONTACTS} and={['imports']} label={strings.contacts}>
        <ContactsIcon />
      </Door>
      {screen.me.value?.role === 'admin' && (
        <Door screen={screen} to={SETTINGS} label={strings.settings}>
          <SettingsIcon />
        </Door>
      )}
      <span class="gap" />
      <OwnMenu screen={screen} />
    </nav>
  );
}

interface DoorProps {
  readonly screen: Screen;
  readonly to: Place;
  /** Other rooms that are behind it. */
  readonly and?: readonly Place['room'][];
  readonly label: string;
  readonly mark?: boolean;
  readonly children: ComponentChildren;
}

function Door({ screen, to, and = [], label, mark, children }: DoorProps) {
  const here = [to.room, ...and].includes(screen.place.value.room);
  return (
    <button type="button" class="door" aria-current={here ? 'page' : undefined} onClick={() => screen.go(to)}>
      {children}
      {mark && <i class="dot" />}
      <span>{label}</span>
    </button>
  );
}
