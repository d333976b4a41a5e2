/** How far an import is, and what it did: every row counted once, and each skipped one with its reason. */

import { percentOf, type Report } from '../core/importing.ts';
import type { Watched } from '../imports.ts';
import { CONTACTS } from '../place.ts';
import type { Screen } from '../screen.ts';
import { counted, fill, type Words } from '../strings/index.ts';
import { AlertIcon, CheckIcon } from './icons.tsx';
import { PickButton } from './picker.tsx';
import { Refused, Sending } from './sending.tsx';
import { numberOf } from './sizes.ts';

// Of the skipped rows that the report brings; the file has all.
const SHOWN = 100;

export function ImportReport({ screen, watched }: { screen: Screen; watched: Watched }) {
  const words = screen.words.value;
  const { strings } = words;
  const { id, report, trouble } = watched;
  if (!report) {
    return (
      <p class="empty" role={trouble && 'alert'}>
        {trouble ? trouble.message || strings.unreachable : strings.loading}
      </p>
    );
  }
  return (
    <>
      <section class="card report" aria-label={strings.report}>
        <Stage report={report} words={words} away={trouble !== undefined} />
        <Tiles report={report} words={words} />
        {report.warnings?.map((warning) => (
          <p key={warning} class="caution">
            <AlertIcon />
            <span dir="auto">{warning}</span>
          </p>
        ))}
      </section>
      {report.state === 'done' && <Next screen={screen} id={id} report={report} />}
      {report.errors.length > 0 && <Skipped id={id} report={report} words={words} />}
    </>
  );
}

/** What it is doing, and how far it is. */
function Stage({ report, words: { strings }, away }: { report: Report; words: Words; away: boolean }) {
  const { state, dry_run } = report;
  const percent = percentOf(report);
  const said = {
    queued: strings.importQueued,
    running: fill(dry_run ? strings.importTrying : strings.importRunning, { percent: String(percent) }),
    done: dry_run ? strings.importTried : strings.importDone,
    failed: strings.importFailed,
  };
  return (
    <>
      <h2 class="stage" data-state={state}>
        {state === 'done' && <CheckIcon />}
        {state === 'failed' && <AlertIcon />}
        <span role="status">{said[state]}</span>
      </h2>
      {(state === 'queued' || state === 'running') && (
        <>
          <progress max={100} value={percent} aria-label={strings.progress} />
          <p class="none">{away ? strings.importAway : strings.importGoesOn}</p>
        </>
      )}
    </>
  );
}

function Tiles({ report, words: { strings, locale } }: { report: Report; words: Words }) {
  const { dry_run, rows, imported, updated, unchanged, skipped } = report;
  const tiles: readonly (readonly [string, string, number])[] = [
    ['rows', strings.rows, rows],
    ['imported', dry_run ? strings.wouldImport : strings.imported, imported],
    ['updated', dry_run ? strings.wouldUpdate : strings.updated, updated],
    ['unchanged', strings.unchanged, unchanged],
    ['skipped', dry_run ? strings.wouldSkip : strings.skipped, skipped],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([is, label, count]) => (
        <div key={is} data-is={is} data-none={count === 0}>
          <dt>{label}</dt>
          <dd>{numberOf(count, locale)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Skipped({ id, report: { errors, skipped }, words }: { id: string; report: Report; words: Words }) {
  const { strings, locale } = words;
  const shown = errors.slice(0, SHOWN);
  return (
    <section class="card">
      <div class="card-header">
        <h2>{strings.skippedRows}</h2>
        <a class="button" href={`/v1/imports/${encodeURIComponent(id)}/errors.csv`} download={`errors-${id}.csv`}>
          {strings.downloadErrors}
        </a>
      </div>
      <div class="sheet" role="region" aria-label={strings.skippedRows} tabIndex={0}>
        <table class="reasons">
          <thead>
            <tr>
              <th scope="col">{strings.row}</th>
              <th scope="col">{strings.column}</th>
              <th scope="col">{strings.reason}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ row, column, reason }, index) => (
              <tr key={index}>
                <td>{numberOf(row, locale)}</td>
                <td>
                  <bdi>{column}</bdi>
                </td>
                <td>
                  <bdi>{reason}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="none">
        {skipped > shown.length && `${fill(strings.firstRows, { n: numberOf(shown.length, locale) })} `}
        {strings.rowNumbers}
      </p>
    </section>
  );
}

/** What one does next: the import after its dry run, or a look at the contacts. */
function Next({ screen, id, report }: { screen: Screen; id: string; report: Report }) {
  const words = screen.words.value;
  const { strings } = words;
  const { imports } = screen;
  const held = imports.picked.value?.tried === id;
  if (!report.dry_run) {
    return (
      <div class="actions">
        <button type="button" class="primary" onClick={() => screen.go(CONTACTS)}>
          {strings.seeContacts}
        </button>
        <PickButton screen={screen} label={strings.anotherFile} />
      </div>
    );
  }
  if (imports.sending.value) return <Sending screen={screen} />;
  const good = report.rows - report.skipped;
  const n = numberOf(good, words.locale);
  return (
    <>
      {held && <Refused screen={screen} trouble={imports.unsent.value} />}
      <div class="actions">
        {held && good > 0 && (
          <button type="button" class="primary" onClick={() => void imports.send(false)}>
            {counted(words, strings.importRows, good, { n })}
          </button>
        )}
        <PickButton screen={screen} label={held ? strings.otherFile : strings.pickAgain} />
      </div>
    </>
  );
}
