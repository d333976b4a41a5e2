/** Who is there? The password goes to the server once; what comes back is a cookie that no script can read. */

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Problem } from '../http.ts';
import type { Screen } from '../screen.ts';
import type { Strings } from '../strings/index.ts';
import { Field } from './field.tsx';
import { Mark } from './icons.tsx';

interface Props {
  readonly screen: Screen;
  readonly why: 'fresh' | 'ended' | 'removed';
}

export function Login({ screen, why }: Props) {
  const { strings } = screen.words.value;
  const form = useRef<HTMLFormElement>(null);
  const [trouble, setTrouble] = useState<string>();
  const [busy, setBusy] = useState(false);
  const org = new URLSearchParams(location.search).get('org') ?? screen.choices.value.org ?? '';
  useEffect(() => {
    const first = [...form.current!.querySelectorAll('input')].find(({ value }) => !value);
    first?.focus();
  }, []);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => String(given.get(name) ?? '');
    setBusy(true);
    try {
      await screen.logIn(field('org').trim(), field('email').trim(), field('password'));
    } catch (error) {
      setTrouble(said(error as Problem, strings));
      form.current?.querySelector<HTMLInputElement>('[name=password]')?.select();
    } finally {
      setBusy(false);
    }
  };
  const before = why === 'ended' ? strings.sessionEnded : why === 'removed' ? strings.removed : undefined;
  return (
    <main class="login">
      <form ref={form} class="card" onSubmit={submit}>
        <Mark size={44} />
        <h1>{strings.loginTitle}</h1>
        <p class="trouble" role="alert">
          {trouble ?? before}
        </p>
        <Field name="org" label={strings.organization} value={org} autocomplete="organization" required />
        <Field name="email" label={strings.email} type="email" autocomplete="username" required />
        <Field name="password" label={strings.password} type="password" autocomplete="current-password" required />
        <button type="submit" class="primary" disabled={busy}>
          {strings.logIn}
        </button>
      </form>
    </main>
  );
}

function said({ status, message }: Problem, strings: Strings): string {
  if (status === 0) return strings.unreachable;
  if (status === 401) return strings.badCredentials;
  return status === 429 ? strings.tooManyTries : message;
}
