/** How a file will be read: what each of its columns sets, and its first rows. */

import { keyed, type Column, type Preview } from '../core/importing.ts';
import type { Picked } from '../imports.ts';
import type { Screen } from '../screen.ts';
import { fill, type Strings } from '../strings/index.ts';
import { AlertIcon, FileIcon } from './icons.tsx';
import { PickButton } from './picker.tsx';
import { Refused, Sending } from './sending.tsx';
import { sizeOf } from './sizes.ts';

export function Mapping({ screen, picked }: { screen: Screen; picked: Picked }) {
  const { strings, locale } = screen.words.value;
  const { file, preview, trouble } = picked;
  return (
    <>
      <section class="picked" aria-label={file.name}>
        <FileIcon />
        <b dir="auto">{file.name}</b>
        <small>{sizeOf(file.size, locale)}</small>
        <PickButton screen={screen} label={strings.otherFile} />
      </section>
      {!preview && !trouble && <p class="empty">{strings.loading}</p>}
      <Refused screen={screen} trouble={trouble} />
      {preview && <Columns preview={preview} strings={strings} />}
      {preview && !keyed(preview) && (
        <p class="caution">
          <AlertIcon />
          <span>{strings.noKeys}</span>
        </p>
      )}
      {preview && <Actions screen={screen} />}
    </>
  );
}

function Columns({ preview: { columns, rows }, strings }: { preview: Preview; strings: Strings }) {
  return (
    <section class="card">
      <h2>{strings.howRead}</h2>
      <p class="none">{strings.howReadHint}</p>
      <div class="sheet" role="region" aria-label={strings.howRead} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} scope="col">
                  <span dir="auto">{column.name || '–'}</span>
                  <span class="sets" data-is={column.field ? 'field' : column.key ? 'key' : 'nothing'}>
                    {meaning(column, strings)}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, cells }) => (
              <tr key={row}>
                {cells.map((cell, index) => (
                  <td key={index}>
                    <bdi>{cell}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p class="none">{strings.noRowsRead}</p>}
    </section>
  );
}

function meaning({ field, key, kind }: Column, strings: Strings): string {
  const fields: Readonly<Record<string, string>> = {
    user_id: strings.userId,
    name: strings.name,
    first_name: strings.firstName,
    last_name: strings.lastName,
    email: strings.email,
    phone: strings.phone,
    company: strings.company,
    custom_data: strings.customJson,
  };
  if (field) return fields[field] ?? field;
  if (!key) return strings.notImported;
  const kinds = { text: strings.customKeyed, number: strings.customNumber, boolean: strings.customBoolean };
  return fill(kinds[kind ?? 'text'], { key });
}

function Actions({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const { imports } = screen;
  if (imports.sending.value) return <Sending screen={screen} />;
  return (
    <>
      <Refused screen={screen} trouble={imports.unsent.value} />
      <div class="actions">
        <button type="button" class="primary" onClick={() => void imports.send(true)}>
          {strings.tryImport}
        </button>
        <button type="button" class="button" onClick={() => void imports.send(false)}>
          {strings.importNow}
        </button>
        <small>{strings.tryHint}</small>
      </div>
    </>
  );
}
