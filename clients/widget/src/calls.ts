/**
 * The function that pages call: `Onethread('init', 'acme', {…})`. Calls made before the script was there, or before
 * `init` has done its work, wait for it and come in order.
 */

import { isEvent } from './listeners.ts';
import type { Strings } from './strings/index.ts';
import type { GivenUser } from './user.ts';
import type { Settings, Widget } from './widget.ts';

type Method = (widget: Widget, ...given: never[]) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
  userAuth: (widget, user: GivenUser) => widget.login(user),
  updateUser: (widget, user: GivenUser) => widget.update(user),
  updateUserData: (widget, data: unknown) => widget.updateData(data),
  openChat: (widget) => widget.setOpen(true),
  closeChat: (widget) => widget.setOpen(false),
  showChatWidget: (widget) => widget.setShown(true),
  hideChatWidget: (widget) => widget.setShown(false),
  sendUserMessage: (widget, text: string) => widget.send(text),
  typeUserMessage: (widget, text: string) => {
    widget.draft.value = text;
    widget.setOpen(true);
  },
  trackEvent: (widget, name: string, data?: Readonly<Record<string, string>>) => widget.chat.client?.track(name, data),
  logOut: (widget) => widget.logOut(),
  logout: (widget) => widget.logOut(),
  muteNotificationSound: (widget, muted: boolean = true) => widget.setMuted(muted),
  setLocalization: (widget, locale: string, strings?: Partial<Strings>) => widget.setLocalization(locale, strings),
};

// What comes after one of these is meant for who is there then.
const AWAITED = ['logOut', 'logout'];

export type Call = (name: string, ...given: unknown[]) => void;

/** What a callback is told: a page may give one as the last argument of any method. */
export interface Outcome {
  readonly success: boolean;
  readonly message?: string;
}

/** The page's function for a widget. What goes wrong is said in the console: a chat must not break a page. */
export function callsOf(widget: Widget, start: () => void): Call {
  let ready: Promise<unknown> | undefined;
  const waiting: (() => unknown)[] = [];

  return (name, ...given) => {
    if (isEvent(name)) {
      widget.listeners.add(name, given[0] as (detail: unknown) => void);
    } else if (name === 'init') {
      if (ready) return complain('init', 'was called twice; userAuth changes the user');
      ready = attempt('init', given, () => {
        const settings = checked(given[0], given[1]);
        start();
        return widget.init(given[0] as string, settings);
      });
      for (const call of waiting.splice(0)) ready = ready.then(call);
    } else {
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      if (!method) return complain(name, 'there is no such method');
      const call = () => {
        const done = attempt(name, given, () => method(widget, ...(given as never[])));
        return AWAITED.includes(name) ? done : undefined;
      };
      if (ready) ready = ready.then(call);
      else waiting.push(call);
    }
  };
}

/** Does it, and tells the callback and the console how it went. */
async function attempt(name: string, given: readonly unknown[], work: () => unknown): Promise<void> {
  const last = given.at(-1);
  const callback = typeof last === 'function' ? (last as (outcome: Outcome) => void) : () => {};
  try {
    await work();
    callback({ success: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    complain(name, message);
    callback({ success: false, message });
  }
}

function complain(name: string, message: string): void {
  console.error(`Onethread: ${name}: ${message}`);
}

function checked(org: unknown, settings: unknown): Settings {
  if (typeof org !== 'string' || !org) throw new Error('the organization is missing');
  const { applicationId, applicationSecret } = (settings ?? {}) as Partial<Settings>;
  if (!Number.isInteger(Number(applicationId ?? NaN))) throw new Error(`applicationId: ${applicationId} is no number`);
  if (typeof applicationSecret !== 'string') throw new Error('applicationSecret is missing');
  return settings as Settings;
}
