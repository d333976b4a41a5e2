/** An agent's connection to a real server, as far as the widget's tests need one. */

import WebSocket from 'ws';

import type { Frame } from '../../../client/src/wire.ts';

export class Agent {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #wake = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    });
  }

  /** Ana of the demo organization, logged in and connected. */
  static async ana(url: string): Promise<Agent> {
    const response = await fetch(new URL('/v1/sessions', url.replace(/^ws/, 'http')), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ org: 'demo', email: 'ana@demo.test', password: 'demo-password' }),
    });
    const { token } = (await response.json()) as { token: string };
    const agent = new Agent(new WebSocket(url, ['onethread.v1.json']));
    await new Promise((resolve) => agent.#socket.on('open', resolve));
    agent.send({ t: 'agent_init', org: 'demo', token, device: { id: 'desk', kind: 'web' } });
    await agent.expect('ready');
    return agent;
  }

  send(frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The next frame of this type; others before it are passed over. */
  async expect(t: string): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.t === t) return frame;
      if (frame?.t === 'error') throw new Error(JSON.stringify(frame));
      if (!frame) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#socket.close();
  }
}
