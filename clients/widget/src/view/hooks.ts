/** What the views of a conversation do over time, for a customer's and for an agent's. */

import { useEffect, useRef, useState } from 'preact/hooks';

// Who has not touched a key for so long is thinking, not typing.
const IDLE = 5_000;
// A connection that is back sooner was not missed.
const PATIENCE = 1_500;

/** Tells that one types, until the text is empty, sent, or left alone: to be called with each text that is typed. */
export function useTyping(tell: (on: boolean) => void): (text: string) => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = () => {
    clearTimeout(timer.current);
    if (timer.current !== undefined) tell(false);
    timer.current = undefined;
  };
  useEffect(() => stop, []);
  return (text) => {
    if (!text.trim()) return stop();
    clearTimeout(timer.current);
    tell(true);
    timer.current = setTimeout(stop, IDLE);
  };
}

/** Whether something is so, once it has lasted. */
export function useLasting(is: boolean): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!is) return setLasts(false);
    const timer = setTimeout(() => setLasts(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [is]);
  return is && lasts;
}

/** Calls `look` whenever one of these changes, and when somebody comes back to the page. */
export function useLooking(look: () => void, changing: readonly unknown[]): void {
  useEffect(() => {
    look();
    const controller = new AbortController();
    const { signal } = controller;
    addEventListener('focus', look, { signal });
    document.addEventListener('visibilitychange', look, { signal });
    return () => controller.abort();
  }, changing);
}
