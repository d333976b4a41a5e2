/** Finding people by the beginning of a name, e-mail, user id, phone or company. */

import { useEffect, useState } from 'preact/hooks';

import type { Contact } from '../core/frames.ts';
import { ask, type Problem } from '../http.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { Avatar } from './avatar.tsx';
import { CloseIcon, SearchIcon } from './icons.tsx';

// Whoever types goes on sooner than this.
const PAUSE = 150;
const FOUND = 30;

export interface Search {
  readonly query: string;
  readonly found: readonly Contact[] | undefined;
  readonly setQuery: (query: string) => void;
}

export function useSearch(screen: Screen): Search {
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<readonly Contact[]>();
  useEffect(() => {
    setFound(undefined);
    const wanted = query.trim();
    if (!wanted) return;
    let over = false;
    const timer = setTimeout(() => {
      const path = `/v1/contacts?${new URLSearchParams({ query: wanted, limit: String(FOUND) })}`;
      ask<{ items: Contact[] }>('GET', path).then(
        ({ items }) => over || setFound(items),
        ({ message }: Problem) => {
          if (!over) screen.notice.value = message || screen.words.value.strings.unreachable;
        },
      );
    }, PAUSE);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [query]);
  return { query: query.trim() && query, found, setQuery };
}

export function SearchField({ screen, search }: { screen: Screen; search: Search }) {
  const { strings } = screen.words.value;
  const key = (event: KeyboardEvent) => {
    const first = search.found?.[0];
    if (event.key === 'Enter' && first?.thread) screen.open(first.thread);
    if (event.key === 'Escape') search.setQuery('');
  };
  return (
    <div class="search">
      <SearchIcon />
      <input
        type="search"
        value={search.query}
        placeholder={strings.search}
        aria-label={strings.search}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => search.setQuery(currentTarget.value)}
        onKeyDown={key}
      />
      {search.query ? (
        <button type="button" class="icon-button" aria-label={strings.dismiss} onClick={() => search.setQuery('')}>
          <CloseIcon />
        </button>
      ) : (
        <kbd aria-hidden="true">/</kbd>
      )}
    </div>
  );
}

export function Found({ screen, search }: { screen: Screen; search: Search }) {
  const { strings } = screen.words.value;
  if (!search.found) return <p class="empty">{strings.loading}</p>;
  if (!search.found.length) return <p class="empty">{fill(strings.noMatch, { query: search.query })}</p>;
  return (
    <ul class="found">
      {search.found.map((contact) => (
        <li key={contact.id}>
          <button type="button" onClick={() => contact.thread && screen.open(contact.thread)}>
            <Avatar id={contact.id} name={contact.name} />
            <span class="row-name" dir="auto">
              {contact.name}
            </span>
            <small dir="auto">{[contact.email, contact.company, contact.user_id].filter(Boolean).join(' · ')}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}
