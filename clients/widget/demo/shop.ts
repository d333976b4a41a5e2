/** The shop's backend, so far as the demo needs one: the demo organization's API key is no secret. */

import { DANA, HASH } from './people.ts';

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`/v1/${path}`, {
    method,
    headers: { authorization: 'Bearer demo-api-key', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, answer: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

/** Dana's contact, with Dana's secret pinned before any impostor comes. The windows of one browser make it once. */
export function dana(): Promise<string> {
  return navigator.locks.request('dana', findOrBringIn);
}

async function findOrBringIn(): Promise<string> {
  const known = await ask('GET', `contacts?user_id=${DANA.user_id}`);
  const [found] = known.answer.items as { id: string }[];
  if (found) return found.id;
  const { status, answer } = await ask('POST', 'contacts', DANA);
  if (status === 201) await ask('PUT', `contacts/${String(answer.id)}/security_hash`, { security_hash: HASH });
  return String(answer.id);
}

/** Answers Dana as the shop's first agent; what went wrong, if anything. */
export async function answerDana(text: string): Promise<string | undefined> {
  const contact = await ask('GET', `contacts/${await dana()}`);
  const agents = await ask('GET', 'agents');
  const [first] = agents.answer.items as { id: string }[];
  const said = await ask('POST', `threads/${String(contact.answer.thread)}/messages`, { text, agent: first?.id });
  return said.status < 300 ? undefined : String(said.answer.detail ?? said.status);
}
