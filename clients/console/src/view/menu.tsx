/** The agent's own corner: online or away, language, colours, notifications, shortcuts, the way out. */

import { useState } from 'preact/hooks';

import type { Screen } from '../screen.ts';
import { fill, LANGUAGES } from '../strings/index.ts';
import { Avatar } from './avatar.tsx';
import { CheckIcon, ExitIcon, KeyboardIcon } from './icons.tsx';
import { Popover } from './popover.tsx';

export function OwnMenu({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const me = screen.me.value;
  if (!me) return null;
  const online = screen.state.value === 'online' && screen.connection.value.is === 'live';
  return (
    <Popover
      class="own"
      label={fill(strings.you, { name: me.name })}
      face={<Avatar id={me.id} name={me.name} online={online} />}
    >
      {(close) => (
        <>
          <p class="who">
            <b>{me.name}</b>
            <small>
              {me.email} · {screen.console?.org}
            </small>
          </p>
          <Presence screen={screen} />
          <Choices screen={screen} />
          <button
            type="button"
            class="entry"
            onClick={() => {
              close();
              screen.help.value = true;
            }}
          >
            <KeyboardIcon /> {strings.keys} <kbd>?</kbd>
          </button>
          <button type="button" class="entry" onClick={() => void screen.logOut()}>
            <ExitIcon /> {strings.logOut}
          </button>
        </>
      )}
    </Popover>
  );
}

function Presence({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  return (
    <div class="segments" role="group">
      {(['online', 'away'] as const).map((state) => (
        <button
          key={state}
          type="button"
          aria-pressed={screen.state.value === state}
          data-state={state}
          onClick={() => screen.setState(state)}
        >
          {strings[state]}
        </button>
      ))}
    </div>
  );
}

function Choices({ screen }: { screen: Screen }) {
  const { strings, language } = screen.words.value;
  const { theme, sound } = screen.choices.value;
  const [blocked, setBlocked] = useState(false);
  const themes = [
    ['', strings.themeAuto],
    ['light', strings.themeLight],
    ['dark', strings.themeDark],
  ] as const;
  return (
    <div class="choices">
      <Switch
        label={strings.notifications}
        on={screen.notifier.on}
        onTurn={(on) => void screen.notifier.turn(on).then((done) => setBlocked(!done))}
      />
      {blocked && <small role="alert">{strings.notificationsBlocked}</small>}
      <Switch label={strings.sound} on={sound !== false} onTurn={(on) => screen.choose({ sound: on })} />
      <label class="choice">
        <span>{strings.language}</span>
        <select value={language} onChange={({ currentTarget }) => screen.choose({ language: currentTarget.value })}>
          {Object.entries(LANGUAGES).map(([code, { name }]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="choice">
        <span>{strings.theme}</span>
        <select
          value={theme ?? ''}
          onChange={({ currentTarget }) => screen.dress(currentTarget.value as '' | 'light' | 'dark')}
        >
          {themes.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Switch({ label, on, onTurn }: { label: string; on: boolean; onTurn: (on: boolean) => void }) {
  return (
    <button type="button" class="choice" role="switch" aria-checked={on} onClick={() => onTurn(!on)}>
      <span>{label}</span>
      <span class="switch" data-on={on}>
        {on && <CheckIcon />}
      </span>
    </button>
  );
}
