/**
 * The function that pages call: `Onethread('init', 'acme', {…})`. Calls made before the script was there, or before
 * `init` has done its work, wait for it and come in order.
 */

import { complain } from './complaints.ts';
import { changes, flatOf, mapOf, nameOf, settingsOf, someone, textOf } from './given.ts';
import { isEvent } from './listeners.ts';
import type { Strings } from './strings/index.ts';
import type { Widget } from './widget.ts';

type Method = (widget: Widget, ...given: readonly unknown[]) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
  userAuth: (widget, user) => widget.login(someone(user)),
  updateUser: (widget, user) => widget.update(changes(user)),
  updateUserData: (widget, data) => widget.updateData(mapOf('data', data)),
  openChat: (widget) => widget.setOpen(true),
  closeChat: (widget) => widget.setOpen(false),
  showChatWidget: (widget) => widget.setShown(true),
  hideChatWidget: (widget) => widget.setShown(false),
  sendUserMessage: (widget, text) => widget.say(nameOf('text', text)),
  typeUserMessage: (widget, text) => {
    widget.draft.value = textOf('text', text);
    widget.setOpen(true);
  },
  trackEvent: (widget, name, data) =>
    widget.track(nameOf('name', name), data === undefined ? undefined : flatOf('data', data)),
  logOut: (widget) => widget.logOut(),
  logout: (widget) => widget.logOut(),
  muteNotificationSound: (widget, muted = true) => widget.setMuted(Boolean(muted)),
  setLocalization: (widget, locale, strings) =>
    widget.setLocalization(
      nameOf('locale', locale),
      strings === undefined ? undefined : (mapOf('strings', strings) as Partial<Strings>),
    ),
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
      if (typeof given[0] !== 'function') return complain(name, 'the function to call is missing');
      widget.listeners.add(name, given[0] as (detail: unknown) => void);
    } else if (name === 'init') {
      if (ready) return complain('init', 'was called twice; userAuth changes the user');
      void attempt('init', given, (org, settings) => {
        const checked = settingsOf(org, settings);
        start();
        const opened = widget.init(org as string, checked);
        // What comes later needs no connection, only somebody to be.
        ready = opened.catch(() => {});
        for (const call of waiting.splice(0)) ready = ready.then(call);
        return opened.then(() => widget.arrived());
      });
    } else {
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      if (!method) return complain(name, 'there is no such method');
      const call = () => {
        const done = attempt(name, given, (...given) => method(widget, ...given));
        return AWAITED.includes(name) ? done : undefined;
      };
      if (ready) ready = ready.then(call);
      else waiting.push(call);
    }
  };
}

/** Does it, and tells the callback and the console how it went. */
async function attempt(
  name: string,
  given: readonly unknown[],
  work: (...given: readonly unknown[]) => unknown,
): Promise<void> {
  const last = given.at(-1);
  const callback = typeof last === 'function' ? (last as (outcome: Outcome) => void) : undefined;
  try {
    await work(...(callback ? given.slice(0, -1) : given));
    callback?.({ success: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    complain(name, message);
    callback?.({ success: false, message });
  }
}
