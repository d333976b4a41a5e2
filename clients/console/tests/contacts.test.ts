/** Where one is, by the address, and which contacts are held: decisions, without a browser. */

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { Contacts } from '../src/contacts.ts';
import {
  asking,
  begun,
  filled,
  learnt,
  pathOf,
  refused,
  waits,
  without,
  type Directory,
  type Filter,
} from '../src/core/directory.ts';
import { filterOf, findingOf, sameFilter, type Finding } from '../src/core/finding.ts';
import { CONTACTS, hashOf, HOME, IMPORTS, placeOf, sameList, threadOf, type Place } from '../src/place.ts';

describe('a place', () => {
  test.each<[string, Place]>([
    ['#/inbox/mine', { room: 'inbox', view: 'mine', thread: undefined }],
    ['#/inbox/all/t%2F1', { room: 'inbox', view: 'all', thread: 't/1' }],
    ['#/imports', { room: 'imports', id: undefined }],
    ['#/imports/im_1', { room: 'imports', id: 'im_1' }],
    ['#/contacts', { room: 'contacts', filter: {}, thread: undefined }],
    ['#/contacts/t1', { room: 'contacts', filter: {}, thread: 't1' }],
    ['#/contacts?query=d%26b+%3F', { room: 'contacts', filter: { query: 'd&b ?' }, thread: undefined }],
    ['#/contacts/t1?custom.a%2Fb=gold', { room: 'contacts', filter: { 'custom.a/b': 'gold' }, thread: 't1' }],
  ])('%s is found again by its address', (hash, place) => {
    expect(placeOf(hash)).toEqual(place);
    expect(hashOf(place)).toBe(hash);
  });

  test.each(['', '#', '#/', '#/nowhere', '#/inbox', '#/inbox/strange/t1', '#/inbox/%E0%A4%A/t1'])(
    '%j leads to the inbox',
    (hash) => expect(placeOf(hash)).toEqual(HOME),
  );

  test('has at most one filter, and none that the server does not know', () => {
    expect(placeOf('#/contacts?limit=7&custom.=x&query=&email=a@b.c&query=d')).toEqual({
      ...CONTACTS,
      filter: { email: 'a@b.c' },
      thread: undefined,
    });
  });

  test('has the same list as another, whatever is open beside it', () => {
    expect(sameList(CONTACTS, { ...CONTACTS, thread: 't1' })).toBe(true);
    expect(sameList(CONTACTS, { ...CONTACTS, filter: { query: 'd' } })).toBe(false);
    expect(sameList(CONTACTS, HOME)).toBe(false);
    expect(sameList(IMPORTS, CONTACTS)).toBe(false);
  });

  test('has a thread open in rooms with a list only', () => {
    expect(threadOf({ ...CONTACTS, thread: 't1' })).toBe('t1');
    expect(threadOf(HOME)).toBeUndefined();
    expect(threadOf({ room: 'imports', id: 'im_1' })).toBeUndefined();
  });
});

describe('a directory', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `c${index}`, name: `Person ${index}`, authenticated: true }));

  test('comes page by page until it is whole', () => {
    const first = begun({ query: 'd' });
    expect(pathOf(first)).toBe('/v1/contacts?query=d&limit=50');
    const one = filled(first, { items: people(50), cursor: 'c/2' });
    expect([one.is, one.contacts.length]).toEqual(['more', 50]);
    const second = asking(one);
    expect(second.is).toBe('loading');
    expect(pathOf(second)).toBe('/v1/contacts?query=d&limit=50&cursor=c%2F2');
    const all = filled(second, { items: people(3) });
    expect([all.is, all.contacts.length]).toEqual(['whole', 53]);
    expect(asking(all)).toBe(all);
    expect(asking(second)).toBe(second);
  });

  test('goes on by itself until as many are there as are wanted', () => {
    let held: Directory = begun({}, 230);
    expect(pathOf(held)).toContain('limit=200');
    held = filled(held, { items: people(200), cursor: '2' });
    expect(held.is).toBe('loading');
    expect(pathOf(held)).toContain('limit=50');
    held = filled(held, { items: people(50), cursor: '3' });
    expect(held.is).toBe('more');
    expect(filled(begun({}, 230), { items: people(9) }).is).toBe('whole');
  });

  test('keeps what it has when a page does not come, and asks for that page again', () => {
    const one = asking(filled(begun({}), { items: people(50), cursor: '2' }));
    const failed = refused(one, 'Too many requests.');
    expect([failed.is, failed.contacts.length, failed.trouble]).toEqual(['failed', 50, 'Too many requests.']);
    const again = asking(failed);
    expect([again.is, again.trouble, pathOf(again)]).toEqual(['loading', undefined, pathOf(one)]);
  });

  test('waits for its own answers only', () => {
    const held = begun({ query: 'd' });
    expect(waits(held, held)).toBe(true);
    expect(waits(held, begun({ query: 'da' }))).toBe(false);
    expect(waits(begun({ query: 'd' }), held)).toBe(false); // asked for anew meanwhile
    const one = filled(held, { items: people(50), cursor: '2' });
    expect(waits(one, held)).toBe(false);
    expect(waits(asking(one), held)).toBe(false);
    expect(waits(asking(one), asking(one))).toBe(true);
  });

  test('shows one of its contacts as it is now, and no other', () => {
    const held = filled(begun({}), { items: people(3) });
    const now = { ...held.contacts[1]!, name: 'Another Name' };
    expect(learnt(held, now).contacts.map(({ name }) => name)).toEqual(['Person 0', 'Another Name', 'Person 2']);
    expect(learnt(held, { ...now, id: 'elsewhere' })).toBe(held);
    expect(learnt(held, held.contacts[1]!)).toBe(held);
    const asked = asking(filled(begun({}), { items: people(3), cursor: '2' }));
    expect(waits(learnt(asked, now), asked)).toBe(true);
  });

  test('loses the contact of a thread that is no more', () => {
    const items = people(3).map((contact, index) => ({ ...contact, thread: `t${index}` }));
    const held = filled(begun({}), { items });
    expect(without(held, 't1').contacts.map(({ id }) => id)).toEqual(['c0', 'c2']);
    expect(without(held, 'elsewhere')).toBe(held);
  });
});

describe('what is typed', () => {
  test.each<[Finding, object]>([
    [{ by: 'query', key: '', text: ' dana ' }, { query: 'dana' }],
    [{ by: 'email', key: '', text: 'a@b.c' }, { email: 'a@b.c' }],
    [{ by: 'user_id', key: '', text: '7' }, { user_id: '7' }],
    [{ by: 'custom', key: ' plan ', text: 'gold' }, { 'custom.plan': 'gold' }],
    [{ by: 'custom', key: '', text: 'gold' }, {}],
    [{ by: 'custom', key: 'plan', text: ' ' }, {}],
    [{ by: 'query', key: '', text: '' }, {}],
  ])('%j is the filter %j', (finding, filter) => {
    expect(filterOf(finding)).toEqual(filter);
    if (Object.keys(filter).length) expect(filterOf(findingOf(filterOf(finding)))).toEqual(filter);
  });

  test('is looked for after a pause, at once when asked to, and not any more when one has left', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const found: Filter[] = [];
    const contacts = new Contacts((filter) => void found.push(filter));
    const type = (text: string) => contacts.type({ by: 'query', key: '', text });
    for (const text of ['d', 'da', 'dan']) type(text);
    vi.runAllTimers();
    expect(found).toEqual([{ query: 'dan' }]);
    type('dana');
    expect(contacts.findNow()).toBe(true);
    expect(contacts.findNow()).toBe(false);
    vi.runAllTimers();
    expect(found.slice(1)).toEqual([{ query: 'dana' }]);
    type('dana r');
    contacts.leave();
    vi.runAllTimers();
    expect(found).toHaveLength(2);
  });

  test('is nothing for contacts of one kind', () => {
    expect(findingOf({ authenticated: 'false' }).text).toBe('');
    expect(findingOf({}).text).toBe('');
  });

  test('is the same filter or another', () => {
    expect(sameFilter({ query: 'd' }, { query: 'd' })).toBe(true);
    expect(sameFilter({ query: 'd' }, { email: 'd' })).toBe(false);
    expect(sameFilter({}, { query: 'd' })).toBe(false);
  });
});
