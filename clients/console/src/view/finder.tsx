/** Looking for contacts: by a beginning, by an exact value, or all who are known, or visitors. */

import { useRef } from 'preact/hooks';

import type { Filter } from '../core/directory.ts';
import { BYS, NOTHING, sameFilter, type By } from '../core/finding.ts';
import type { Screen } from '../screen.ts';
import { CloseIcon, SearchIcon } from './icons.tsx';

export function Finder({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const { contacts } = screen;
  const { value: finding } = contacts.finding;
  const field = useRef<HTMLInputElement>(null);
  const names: Readonly<Record<By, string>> = {
    query: strings.byBeginning,
    email: strings.byEmail,
    user_id: strings.byUserId,
    custom: strings.byCustom,
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !contacts.findNow()) screen.openFirst();
    if (event.key === 'Escape' && finding.text) {
      event.stopPropagation();
      contacts.type(NOTHING);
    }
  };
  return (
    <div class="finder">
      <select
        class="by"
        aria-label={strings.findBy}
        value={finding.by}
        onChange={({ currentTarget }) => {
          contacts.type({ ...finding, by: currentTarget.value as By, key: '' });
          field.current?.focus();
        }}
      >
        {BYS.map((by) => (
          <option key={by} value={by}>
            {names[by]}
          </option>
        ))}
      </select>
      {finding.by === 'custom' && (
        <input
          class="custom-key"
          value={finding.key}
          placeholder={strings.customKey}
          aria-label={strings.customKey}
          autocomplete="off"
          spellcheck={false}
          maxLength={64}
          onInput={({ currentTarget }) => contacts.type({ ...finding, key: currentTarget.value })}
          onKeyDown={key}
        />
      )}
      <div class="search">
        <SearchIcon />
        <input
          ref={field}
          type="search"
          value={finding.text}
          placeholder={finding.by === 'query' ? strings.search : strings.exactly}
          aria-label={finding.by === 'query' ? strings.search : strings.exactly}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => contacts.type({ ...finding, text: currentTarget.value })}
          onKeyDown={key}
        />
        {finding.text ? (
          <button type="button" class="icon-button" aria-label={strings.dismiss} onClick={() => contacts.type(NOTHING)}>
            <CloseIcon />
          </button>
        ) : (
          <kbd aria-hidden="true">/</kbd>
        )}
      </div>
    </div>
  );
}

/** All, those who are known, and visitors. */
export function Kinds({ screen, filter }: { screen: Screen; filter: Filter }) {
  const { strings } = screen.words.value;
  const kinds: readonly (readonly [Filter, string])[] = [
    [{}, strings.all],
    [{ authenticated: 'true' }, strings.knownContacts],
    [{ authenticated: 'false' }, strings.visitors],
  ];
  return (
    <nav class="views" aria-label={strings.views}>
      {kinds.map(([one, label]) => (
        <button
          key={label}
          type="button"
          aria-current={sameFilter(one, filter) ? 'true' : undefined}
          onClick={() => screen.find(one)}
        >
          {label}
        </button>
      ))}
    </nav>
  );
}
