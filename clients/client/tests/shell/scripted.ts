/** A WebSocket server that does as the test says, and a client of it. */

import type { AddressInfo } from 'node:net';

import WebSocket, { WebSocketServer } from 'ws';

import { Client, MemoryStorage, type Options, type SocketClass } from '../../src/index.ts';
import type { Frame } from '../../src/wire.ts';
import { ready, replay } from '../core/builders.ts';

export const socketClass = WebSocket as unknown as SocketClass;

/** One connection as the server has it. */
export class Peer {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #wake = () => {};
  closed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    });
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  /** The next frame of this type; others before it are passed over. */
  async expect(t: string): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.t === t) return frame;
      if (frame) continue;
      if (this.closed) throw new Error(`closed before a ${t} frame`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async gone(): Promise<void> {
    while (!this.closed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  send(...frames: Frame[]): void {
    for (const frame of frames) this.#socket.send(JSON.stringify(frame));
  }

  /** Admits the client. */
  async admit(given: Record<string, unknown> = {}, part: Record<string, unknown> = {}): Promise<Frame> {
    const init = await this.expect('init');
    this.send(ready(given), replay([], given.thread ? { thread: given.thread, ...part } : part));
    return init;
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  raw(text: string): void {
    this.#socket.send(text);
  }
}

export class Scripted {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first! });
  readonly #peers: Peer[] = [];
  #wake = () => {};
  clients: Client[] = [];
  connections = 0;

  static async listen(): Promise<Scripted> {
    const server = new Scripted();
    await new Promise((resolve) => server.#server.on('listening', resolve));
    return server;
  }

  private constructor() {
    this.#server.on('connection', (socket) => {
      this.connections++;
      this.#peers.push(new Peer(socket));
      this.#wake();
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next connection. */
  async peer(): Promise<Peer> {
    while (!this.#peers.length) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#peers.shift()!;
  }

  /** A client of this server, connecting. */
  async client(options: Partial<Options> = {}): Promise<Client> {
    const client = await Client.open({
      url: this.url,
      org: 'demo',
      appId: 1,
      appSecret: 'demo-secret',
      storage: new MemoryStorage(),
      socketClass,
      codec: 'json',
      random: () => 0,
      ...options,
    });
    this.clients.push(client);
    client.start();
    return client;
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
