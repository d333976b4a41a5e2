/** A file on its way to the server. */

import type { Problem } from '../http.ts';
import type { Screen } from '../screen.ts';
import { AlertIcon } from './icons.tsx';

/** Nothing while no file is on its way. */
export function Sending({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const { value: sending } = screen.imports.sending;
  if (!sending) return null;
  const said = sending === 'dry run' ? strings.sendingTry : strings.sendingImport;
  return (
    <div class="card sending">
      <p role="status">{said}</p>
      <progress aria-label={said} />
      <button type="button" class="button" onClick={() => screen.imports.cancel()}>
        {strings.cancel}
      </button>
    </div>
  );
}

/** Why a file could not be read or sent, in the server's words. */
export function Refused({ screen, trouble }: { screen: Screen; trouble: Problem | undefined }) {
  const { strings } = screen.words.value;
  if (!trouble) return null;
  return (
    <p class="caution" data-bad="true" role="alert">
      <AlertIcon />
      <span>{trouble.status ? trouble.message : strings.fileNotSent}</span>
    </p>
  );
}
