/** What an agent did, until it is in the log. */

import { describe, expect, test } from 'vitest';

import * as commands from '../src/core/commands.ts';
import { offline } from '../src/core/console.ts';
import type { Frame, Named, ThreadStatus } from '../src/core/frames.ts';
import { wished } from '../src/core/outbox.ts';
import { disconnected } from '../src/core/receiving.ts';
import { deadline } from '../src/core/sending.ts';
import { ANA, THREAD, Talk, replay, event } from './talk.ts';

describe('the outbox', () => {
  test('has one command on its way; each leaves with its event, not with its ack', () => {
    const talk = new Talk().open(event(1));
    commands.write(talk.console, 'send', THREAD, 'one');
    commands.write(talk.console, 'note', THREAD, 'two');
    const [one, ...none] = talk.sent('inbox');
    expect([one, none]).toMatchObject([{ t: 'send', text: 'one', thread: THREAD }, []]);
    talk.hear({ t: 'ack', cid: one!.cid, thread: THREAD, seq: 2, id: 'id2', at: 5, dup: false });
    expect(talk.console.outbox.entries).toHaveLength(2);
    expect(talk.sent()).toMatchObject([{ t: 'note', text: 'two' }]);
    const from = { type: 'agent', id: ANA.id, name: ANA.name } as const;
    talk.hear({ t: 'event', thread: THREAD, event: event(2, { cid: one!.cid as string, from }) });
    expect(talk.console.outbox.entries.map(({ text }) => text)).toEqual(['two']);
  });

  test('what waits is what is shown of a thread, but for what has failed', () => {
    const known = { status: 'open', assignee: null } as const;
    const talk = new Talk().open();
    const shown = () => wished<{ status: ThreadStatus; assignee: Named | null }>(known, talk.console.outbox.of(THREAD));
    expect(shown()).toEqual(known);
    commands.setStatus(talk.console, THREAD, 'closed');
    commands.setStatus(talk.console, 'th_0_other', 'open');
    commands.assign(talk.console, THREAD, ANA);
    expect(shown()).toEqual({ status: 'closed', assignee: ANA });
    const { cid } = commands.assign(talk.console, THREAD, null);
    expect(shown()).toEqual({ status: 'closed', assignee: null });
    talk.console.outbox.refused({ t: 'error', cid, code: 404, reason: 'unknown_target', message: '…' }, 0);
    expect(shown()).toEqual({ status: 'closed', assignee: ANA });
  });

  test('is forgotten, and nothing of it sent, when another agent has logged in', () => {
    const talk = new Talk().open();
    disconnected(talk.console);
    commands.write(talk.console, 'send', THREAD, "Ana's");
    talk.connect();
    expect(talk.sent('inbox', 'open')).toMatchObject([{ text: "Ana's" }]);
    disconnected(talk.console);
    talk.console.link = { ...offline(), phase: 'opening' };
    const ben = { id: 'ag_ben', name: 'Ben', email: 'ben@demo.test', role: 'agent' };
    talk.hear({ t: 'ready', org: 'demo', role: 'agent', agent: ben, heartbeat_ms: 25_000 });
    expect([talk.sent('inbox', 'open'), talk.console.outbox.entries, talk.console.author]).toEqual([[], [], 'ag_ben']);
    expect(talk.console.told).toEqual([{ type: 'succeeded' }]);
  });

  test('sends again with the same cid after a cut, and after 503 as late as it is told', () => {
    const talk = new Talk().open();
    commands.write(talk.console, 'send', THREAD, 'one');
    const [{ cid }] = talk.sent() as [Frame];
    disconnected(talk.console);
    talk.connect();
    expect(talk.sent('inbox', 'open')).toMatchObject([{ cid }]);
    talk.hear({ t: 'error', cid, code: 503, reason: 'store_unavailable', message: '…', retry_after_ms: 700 });
    expect([talk.sent(), deadline(talk.console)]).toEqual([[], 700]);
    talk.now = 700;
    expect(talk.sent()).toMatchObject([{ cid }]);
    talk.hear({ t: 'error', cid, code: 404, reason: 'unknown_thread', message: '…' });
    expect(talk.console.outbox.entries).toMatchObject([{ failure: { code: 404 } }]);
    expect(talk.console.told).toMatchObject([{ type: 'failed' }]);
  });

  test('goes along with a thread that was carried into another', () => {
    const talk = new Talk();
    commands.assign(talk.console, THREAD, ANA);
    const [{ cid }] = talk.sent('inbox') as [Frame];
    talk.hear({ t: 'error', cid, code: 409, reason: 'moved', message: '…', to: 'th_0_e' });
    const [again] = talk.sent();
    expect(again).toMatchObject({ t: 'assign', thread: 'th_0_e', agent: ANA.id, cid });
    talk.hear({ t: 'ack', cid, thread: 'th_0_e', seq: 9, id: 'x', at: 1, dup: false });
    expect(talk.console.outbox.entries).toEqual([]);
  });

  test('sends again what a log that was replaced has lost', () => {
    const talk = new Talk().open(event(1));
    commands.write(talk.console, 'send', THREAD, 'one');
    const [{ cid }] = talk.sent() as [Frame];
    talk.hear({ t: 'ack', cid, thread: THREAD, seq: 2, id: 'id2', at: 5, dup: false });
    talk.hear(replay([event(1)], { epoch: 'f', reset: true, more: false }));
    expect(talk.sent()).toMatchObject([{ cid, text: 'one' }]);
  });
});
