/**
 * The function that pages call: `Onethread('init', 'acme', {…})`. Calls made before the script was there, or before
 * `init` has done its work, wait for it and come in order.
 */

import { isEvent } from './listeners.ts';
import type { Strings } from './strings/index.ts';
import type { GivenUser } from './user.ts';
import type { Settings, Widget } from './widget.ts';
import type { Provider } from '@onethread/client';

type Method = (widget: Widget, ...given: never[]) => unknown;

const METHODS: Readonly<Record<string, Method>> = {
  userAuth: (widget, user: GivenUser, token?: string | Provider) => widget.login(user, token),
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
  muteNotificationSound: (widget, muted: boolean = true) => widget.setMuted(muted),
  setLocalization: (widget, locale: string, strings?: Partial<Strings>) => widget.setLocalization(locale, strings),
};

export type Call = (name: string, ...given: unknown[]) => void;

/** The page's function for a widget. What goes wrong is said in the console: a chat must not break a page. */
export function callsOf(widget: Widget, start: () => void): Call {
  let ready: Promise<unknown> | undefined;
  const waiting: (() => unknown)[] = [];

  const guard = async (name: string, work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      console.error(`Onethread: ${name}:`, error instanceof Error ? error.message : error);
    }
  };

  return (name, ...given) => {
    if (isEvent(name)) {
      void guard(name, () => widget.listeners.add(name, given[0] as (detail: unknown) => void));
    } else if (name === 'init') {
      if (ready) return void console.error('Onethread: init was called twice; userAuth changes the user');
      ready = guard('init', async () => {
        start();
        await widget.init(given[0] as string, checked(given[0], given[1]));
      });
      for (const call of waiting.splice(0)) ready = ready.then(call);
    } else {
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      if (!method) return void console.error(`Onethread: there is no "${name}"`);
      const call = () => guard(name, () => method(widget, ...(given as never[])));
      if (ready) ready = ready.then(call);
      else waiting.push(call);
    }
  };
}

function checked(org: unknown, settings: unknown): Settings {
  if (typeof org !== 'string' || !org) throw new Error('the organization is missing');
  const { applicationId, applicationSecret } = (settings ?? {}) as Partial<Settings>;
  if (!Number.isInteger(Number(applicationId ?? NaN))) throw new Error(`applicationId: ${applicationId} is no number`);
  if (typeof applicationSecret !== 'string') throw new Error('applicationSecret is missing');
  return settings as Settings;
}
