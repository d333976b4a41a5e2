/** Requests to the server's HTTP API with the session cookie, which this page never sees (docs/http.md). */

/** The server's refusal of a request. `detail` is a sentence for a person; status 0: there was no answer. */
export class Problem extends Error {
  readonly status: number;
  readonly reason: string;
  readonly field: string | undefined;

  constructor(status: number, reason: string, detail: string, field?: string) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.reason = reason;
    this.field = field;
  }
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The answer to a request whose body is JSON, or a file, which is read as it is sent. Throws `Problem`. */
export async function ask<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function send(method: Method, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const isFile = body instanceof Blob;
  const response = await fetch(path, {
    method,
    ...(signal && { signal }),
    ...(body !== undefined && {
      headers: { 'content-type': isFile ? 'text/csv' : 'application/json' },
      body: isFile ? body : JSON.stringify(body),
    }),
  }).catch(() => {
    throw new Problem(0, 'unreachable', '');
  });
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Partial<Record<'reason' | 'detail' | 'field', string>>;
  return new Problem(response.status, told.reason ?? 'unknown', told.detail ?? response.statusText, told.field);
}
