/** An app is added: its name, the pages that may have it, and what visitors are asked. */

import { FIELDS } from '../core/edited.ts';
import { ask } from '../http.ts';
import { Adding, type AddProps } from './adding.tsx';
import { Field } from './field.tsx';

/** What the server takes of the form. */
function appOf(given: FormData): object {
  const text = (name: string) => String(given.get(name) ?? '').trim();
  const asked = FIELDS.filter((field) => text(field + '-asked'));
  return {
    ...(text('name') && { name: text('name') }),
    origins: text('origins')
      .split(/[\s,]+/)
      .filter(Boolean),
    prechat_fields: asked.map((name) => ({ name, required: text(name + '-asked') === 'required' })),
  };
}

export function AddApp(props: AddProps) {
  const { strings } = props.screen.words.value;
  return (
    <Adding
      {...props}
      title={strings.addApp}
      fields={['name', 'origins']}
      add={(given) => ask('POST', '/v1/apps', appOf(given))}
    >
      {(at) => (
        <>
          <Field name="name" label={strings.name} placeholder={strings.appNameExample} trouble={at('name')} />
          <Field
            name="origins"
            label={strings.origins}
            placeholder="https://shop.example"
            hint={strings.originsHint}
            trouble={at('origins')}
          />
          <fieldset class="field asked">
            <legend>{strings.prechat}</legend>
            {FIELDS.map((field) => (
              <label key={field}>
                <span>{strings[field]}</span>
                <select name={`${field}-asked`} defaultValue={field === 'name' || field === 'email' ? 'required' : ''}>
                  <option value="required">{strings.required}</option>
                  <option value="optional">{strings.optional}</option>
                  <option value="">{strings.notAsked}</option>
                </select>
              </label>
            ))}
          </fieldset>
        </>
      )}
    </Adding>
  );
}
