/** WIRE.md section 8 as a client obeys it: which token, which thread, and what becomes of what was queued. */

import { describe, expect, test } from 'vitest';

import * as commands from '../../src/commands.ts';
import { identityOf } from '../../src/identity.ts';
import { error, event, OTHER, ready, replay, THREAD } from './builders.ts';
import { Talk, USER, visitor, VISITORS } from './talk.ts';

const CLEAN = 'th_0_cccccccccccccccccccc';

function refuse(talk: Talk): void {
  talk.open();
  talk.hear(
    error(403, 'identity_refused'),
    ready({ thread: CLEAN, refused: true, clean: 'c' }),
    replay([], { thread: CLEAN }),
  );
}

const threadsAndTexts = (talk: Talk) => talk.writes().map(({ thread, text }) => [thread, text]);

describe('the first frame', () => {
  test('has what the account has, and nothing that is not there', () => {
    expect(new Talk().open()).toEqual({
      t: 'init',
      org: 'demo',
      app_id: 1,
      app_secret: 'demo-secret',
      device: { id: 'd', kind: 'other' },
      user: USER,
    });
  });

  test('brings the tokens held: the visitor token, and the JWT of this moment', () => {
    const talk = visitor();
    talk.lose();
    talk.login(USER);
    expect(talk.open('jwt')).toMatchObject({ visitor: 'v-token', token: 'jwt' });
  });

  test('is kept under the user_id, or the subject of a token', () => {
    const jwt = (claims: object) => `x.${btoa(JSON.stringify(claims)).replace(/=/g, '')}.y`;
    expect(identityOf('12345', undefined)).toBe(identityOf(undefined, jwt({ sub: '12345' })));
    expect(identityOf(undefined, jwt({ sub: '54321' }))).not.toBe(identityOf('12345', undefined));
    expect(identityOf(undefined, undefined)).toBe('visitor');
    expect(identityOf(undefined, 'no token')).not.toBe('visitor');
  });
});

describe('refused: a clean chat, kept apart', () => {
  test('it shows nothing of the owner', () => {
    const talk = new Talk().live([event(1)]);
    talk.lose();
    refuse(talk);
    expect(talk.told('problem').map(({ reason }) => reason)).toEqual(['identity_refused']);
    expect(talk.texts).toEqual([]);
    expect(talk.session.conversation.people.refused).toBe(true);
  });

  test('its token is sent beside the same user only, and never as a visitor token', () => {
    const talk = new Talk();
    refuse(talk);
    talk.lose();
    expect(talk.open()).toMatchObject({ clean: 'c' });
    talk.lose();
    talk.login({ user_id: '54321' });
    expect(talk.open()).not.toHaveProperty('clean');
    talk.lose();
    talk.login(undefined);
    const first = talk.open();
    expect(first).not.toHaveProperty('clean');
    expect(first).not.toHaveProperty('visitor');
  });

  test('a visitor token in the same init is left untouched', () => {
    const talk = visitor();
    talk.lose();
    talk.login(USER);
    refuse(talk);
    talk.lose();
    expect(talk.open()).toMatchObject({ visitor: 'v-token', clean: 'c' });
  });

  test('what was typed before ready does not land in it, but in the first thread that is not refused', () => {
    const talk = new Talk();
    talk.types('for my own thread');
    refuse(talk);
    expect(talk.writes()).toEqual([]);
    talk.lose();
    talk.open();
    talk.hear(ready(), replay());
    expect(threadsAndTexts(talk)).toEqual([[THREAD, 'for my own thread']]);
  });

  test('what was typed into one of them stays there', () => {
    const talk = new Talk().live();
    talk.lose();
    talk.types('owner');
    refuse(talk);
    talk.types('clean');
    expect(threadsAndTexts(talk)).toEqual([[CLEAN, 'clean']]);
    expect(talk.texts).toEqual(['clean']);
    talk.lose();
    talk.open();
    talk.hear(ready(), replay());
    expect(threadsAndTexts(talk)).toEqual([[THREAD, 'owner']]);
    expect(talk.texts).toEqual(['owner']);
  });

  test('it is resumed as long as it lasts, after a reload too', () => {
    const talk = new Talk();
    talk.open();
    talk.hear(
      ready({ thread: CLEAN, refused: true, clean: 'c', epoch: 'e-c' }),
      replay([event(1, 'message', { text: 'clean' })], { thread: CLEAN, epoch: 'e-c' }),
    );
    const later = talk.again();
    expect(later.texts).toEqual(['clean']);
    expect(later.open()).toMatchObject({ resume: { epoch: 'e-c' } });
  });

  test('what a program asked before ready is not done to it', () => {
    const talk = new Talk();
    const { ref } = commands.ask(talk.session, 'profile', { user: { name: 'Ada' } });
    refuse(talk);
    expect(talk.ends.map((end) => [end.ref, end.error?.kind])).toEqual([[ref, 'thread']]);
    expect(talk.writes()).toEqual([]);
  });
});

describe('before the first ready', () => {
  test('what is typed is shown at once and takes the thread of the first ready, after a reload too', () => {
    const talk = new Talk();
    talk.types('hi');
    expect([talk.texts, talk.ticks]).toEqual([['hi'], ['queued']]);
    const later = talk.again();
    expect(later.texts).toEqual(['hi']);
    later.live();
    expect(threadsAndTexts(later)).toEqual([[THREAD, 'hi']]);
  });

  test('login takes along what a visitor typed', () => {
    const talk = new Talk(null);
    talk.types('hi');
    talk.login(USER);
    expect(talk.texts).toEqual(['hi']);
    expect(threadsAndTexts(talk.live())).toEqual([[THREAD, 'hi']]);
  });

  test('another user does not get it; it waits for its author', () => {
    const talk = new Talk();
    talk.types('X');
    const { ref } = commands.ask(talk.session, 'profile', { user: { name: 'X' } });
    talk.login({ user_id: 'Y' });
    expect(talk.ends.map((end) => end.ref)).toEqual([ref]);
    expect(talk.texts).toEqual([]);
    talk.open();
    talk.hear(ready({ thread: OTHER }), replay([], { thread: OTHER }));
    expect(talk.writes()).toEqual([]);
    talk.lose();
    talk.login(USER);
    expect(threadsAndTexts(talk.live())).toEqual([[THREAD, 'X']]);
  });

  test('another thread that carried_from does not explain fails what was queued; it is sent nowhere', () => {
    const talk = new Talk().live();
    talk.lose();
    const cid = talk.types('for the old one');
    talk.open();
    talk.hear(ready({ thread: OTHER, epoch: 'e2' }), replay([], { thread: OTHER, epoch: 'e2' }));
    expect(talk.writes()).toEqual([]);
    expect(talk.told('settled').map((one) => [one.cid, one.failure?.reason])).toEqual([[cid, 'moved']]);
    expect(talk.session.messages.map(({ text, tick }) => [text, tick])).toEqual([['for the old one', 'failed']]);
  });

  test('a visitor whose token ended is a new one', () => {
    const talk = visitor();
    talk.lose(4409);
    talk.types('old');
    talk.open();
    talk.hear(ready({ thread: OTHER, visitor: 'new' }), replay([], { thread: OTHER }));
    expect(talk.writes()).toEqual([]);
    talk.lose();
    expect(talk.open()).toMatchObject({ visitor: 'new' });
  });

  test("another tab's token is taken over by a client that has sent nothing", () => {
    const one = new Talk(null);
    const two = new Talk(null);
    two.types('hi');
    two.open();
    two.session.shelf.take();
    one.open();
    one.hear(ready({ thread: VISITORS, visitor: 'first' }), replay([], { thread: VISITORS }));
    two.session.shelf.heard('token.visitor', one.session.shelf.get('token.visitor'));
    two.hear(ready({ thread: OTHER, visitor: 'second' }), replay([], { thread: OTHER }));
    expect(two.session.link.again).toBe(true);
    expect(two.writes()).toEqual([]);
    two.lose();
    expect(two.open()).toMatchObject({ visitor: 'first' });
    two.hear(ready({ thread: VISITORS, visitor: 'first+' }), replay([], { thread: VISITORS }));
    expect(threadsAndTexts(two)).toEqual([[VISITORS, 'hi']]);
  });

  test('a renewed token takes the place of the one that was sent', () => {
    const talk = visitor();
    talk.lose();
    talk.open();
    talk.hear(ready({ thread: VISITORS, visitor: 'v-2' }), replay([], { thread: VISITORS }));
    talk.lose();
    expect(talk.open()).toMatchObject({ visitor: 'v-2' });
  });
});
