/** What a page may listen to: `Onethread('onReady', () => …)`. */

/** A message as a page is told of it. */
export interface Told {
  readonly id: string;
  readonly text: string;
  readonly at: number;
  /** The name of who wrote it. */
  readonly from: string;
}

export interface Events {
  onReady: undefined;
  onNewUnreadMessages: { readonly unreadMessages: number };
  onNewUnreadChat: { readonly unreadChats: number; readonly unreadMessages: number };
  onCustomerMessage: Told;
  onAgentMessage: Told;
  onChatOpen: undefined;
  onChatClose: undefined;
  onPreChatFormSubmit: Readonly<Record<string, string>>;
}

const NAMES: { readonly [E in keyof Events]: true } = {
  onReady: true,
  onNewUnreadMessages: true,
  onNewUnreadChat: true,
  onCustomerMessage: true,
  onAgentMessage: true,
  onChatOpen: true,
  onChatClose: true,
  onPreChatFormSubmit: true,
};

export function isEvent(name: string): name is keyof Events {
  return Object.hasOwn(NAMES, name);
}

export class Listeners {
  readonly #listeners = new Map<keyof Events, ((detail: unknown) => void)[]>();
  #ready = false;

  /** Whoever asks for `onReady` after it happened is told at once. */
  add<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener as (detail: unknown) => void]);
    if (event === 'onReady' && this.#ready) this.#call(listener, undefined as Events[E]);
  }

  tell<E extends keyof Events>(event: E, detail: Events[E]): void {
    if (event === 'onReady') this.#ready = true;
    for (const listener of this.#listeners.get(event) ?? []) this.#call(listener, detail);
  }

  /** A listener of the page's that throws is the page's to see, and harms nobody else. */
  #call<D>(listener: (detail: D) => void, detail: D): void {
    try {
      listener(detail);
    } catch (error) {
      reportError(error);
    }
  }
}
