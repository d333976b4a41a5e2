/** The latest imports, of every agent and of backends. */

import type { Listed } from '../core/importing.ts';
import type { Screen } from '../screen.ts';
import { fill, type Words } from '../strings/index.ts';
import { numberOf } from './sizes.ts';
import { fullOf } from './times.ts';

export function Latest({ screen }: { screen: Screen }) {
  const words = screen.words.value;
  const { strings, locale } = words;
  const latest = screen.imports.latest.value;
  if (!latest?.length) return null;
  return (
    <section class="card" aria-label={strings.latestImports}>
      <h2>{strings.latestImports}</h2>
      <ul class="latest">
        {latest.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => screen.go({ room: 'imports', id: one.id })}>
              <b>{fullOf(one.accepted_at, locale)}</b>
              <span class="tag">{one.dry_run ? strings.dryRun : strings.import}</span>
              <small>{outcome(one, words)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function outcome({ state, imported, updated, skipped }: Listed, { strings, locale }: Words): string {
  if (state === 'queued') return strings.importQueued;
  if (state === 'failed') return strings.importFailed;
  const counts = { imported, updated, skipped };
  const values = Object.entries(counts).map(([name, count]) => [name, numberOf(count, locale)]);
  const said = fill(strings.outcome, Object.fromEntries(values));
  return state === 'running' ? `${strings.running} · ${said}` : said;
}
