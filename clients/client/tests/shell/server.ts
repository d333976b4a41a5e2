/** A real server, and programs beside it, for tests that ask for the real thing. */

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** One server with its own port, data folder and store; gone when the test is, also one that was killed. */
export class Server {
  url = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  private constructor(child: ChildProcessWithoutNullStreams, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    child.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()));
  }

  static async start(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'onethread-'));
    const python = join(ROOT, '.venv', 'bin', 'python');
    const child = spawn(python, ['-m', 'tests.integration.attended', join(folder, 'data')], { cwd: ROOT });
    const server = new Server(child, folder);
    server.url = await server.#line();
    return server;
  }

  /** `stop` in peace, `kill` -9 of the server, of server and store, or `start` over the same data and port. */
  async tell(word: 'start' | 'stop' | 'kill' | 'kill_everything'): Promise<void> {
    this.#child.stdin.write(`${word}\n`);
    await this.#line();
  }

  /** A request of the demo organization's backend; its answer. */
  async asBackend<T>(method: string, path: string, body?: unknown): Promise<T> {
    const url = new URL(path, this.url.replace(/^ws/, 'http'));
    const headers = { authorization: 'Bearer demo-api-key', 'content-type': 'application/json' };
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Writes something as the demo organization's backend. */
  async backend(path: string, body: unknown): Promise<void> {
    await this.asBackend('POST', path, body);
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.stdin.end();
    await ended;
    await rm(this.#folder, { recursive: true });
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the server ended: ${this.#errors.slice(-2000)}`);
    return value;
  }
}
