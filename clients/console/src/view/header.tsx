/** Above a thread: whose it is, who answers it, and whether it is open. */

import { assign as assigned } from '../core/commands.ts';
import type { Known } from '../core/conversation.ts';
import type { Named } from '../core/frames.ts';
import { take, turn } from '../keys.ts';
import type { Thread } from '../pane.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { Avatar } from './avatar.tsx';
import { BackIcon, CheckIcon, ChevronIcon, PanelIcon, PersonIcon, ReopenIcon } from './icons.tsx';
import { Popover } from './popover.tsx';

interface Props {
  readonly screen: Screen;
  readonly thread: Thread;
  readonly known: Known;
}

export function Header({ screen, thread, known }: Props) {
  const { strings } = screen.words.value;
  const { contact, status, devices } = known;
  const beside = screen.beside.value;
  const online = devices.some((device) => device.online);
  return (
    <header class="thread-header">
      <button type="button" class="icon-button back" aria-label={strings.back} onClick={() => screen.open(undefined)}>
        <BackIcon />
      </button>
      <Avatar id={contact.id} name={contact.name} online={online} />
      <div class="whose">
        <h1>
          <bdi>{contact.name}</bdi>
        </h1>
        <p>{[contact.email, online ? strings.customerOnline : undefined].filter(Boolean).join(' · ')}</p>
      </div>
      <Assign screen={screen} thread={thread.thread} assignee={known.assignee} />
      <button type="button" class="button" data-strong={status === 'open'} onClick={() => turn(screen)}>
        {status === 'open' ? <CheckIcon /> : <ReopenIcon />}
        <span>{status === 'open' ? strings.close : strings.reopen}</span>
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={beside ? strings.hideDetails : strings.showDetails}
        title={beside ? strings.hideDetails : strings.showDetails}
        aria-pressed={beside}
        onClick={() => screen.showProfile(!beside)}
      >
        <PanelIcon />
      </button>
    </header>
  );
}

function Assign({ screen, thread, assignee }: { screen: Screen; thread: string; assignee: Named | null }) {
  const { strings } = screen.words.value;
  const me = screen.me.value;
  const give = (agent: Named | null) => screen.act((console) => assigned(console, thread, agent));
  const others = screen.agents.value.filter(({ id }) => id !== me?.id);
  const label = assignee ? fill(strings.assignedTo, { name: assignee.name }) : strings.assign;
  return (
    <Popover
      class="assign"
      label={label}
      face={
        <>
          {assignee ? <Avatar id={assignee.id} name={assignee.name} size="small" /> : <PersonIcon />}
          <span class="assign-name">{assignee ? assignee.name : strings.assign}</span>
          <ChevronIcon />
        </>
      }
    >
      {(close) => (
        <>
          {me && assignee?.id !== me.id && (
            <button type="button" class="entry" onClick={() => (close(), take(screen))}>
              <Avatar id={me.id} name={me.name} size="small" /> {strings.assignMe} <kbd>A</kbd>
            </button>
          )}
          {others.map(({ id, name, state }) => (
            <button
              key={id}
              type="button"
              class="entry"
              disabled={id === assignee?.id}
              onClick={() => (close(), give({ id, name }))}
            >
              <Avatar id={id} name={name} size="small" online={state === 'online'} /> <span dir="auto">{name}</span>
              <small>{strings[state]}</small>
            </button>
          ))}
          {assignee && (
            <button type="button" class="entry" onClick={() => (close(), give(null))}>
              <PersonIcon /> {strings.assignNobody}
            </button>
          )}
        </>
      )}
    </Popover>
  );
}
