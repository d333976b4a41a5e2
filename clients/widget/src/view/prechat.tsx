/** What a visitor is asked before the first message, so that somebody can get back to them. */

import type { Prechat } from '@onethread/client';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Strings } from '../strings/index.ts';
import type { Widget } from '../widget.ts';

interface Props {
  readonly widget: Widget;
  readonly form: Prechat;
  /** True as soon as it is given; false again if the server would not have it. */
  readonly onGiven: (given: boolean) => void;
}

type Name = 'name' | 'email' | 'phone' | 'company';

const KINDS: Readonly<Record<Name, { type: 'text' | 'email' | 'tel'; autocomplete: string; longest: number }>> = {
  name: { type: 'text', autocomplete: 'name', longest: 255 },
  email: { type: 'email', autocomplete: 'email', longest: 320 },
  phone: { type: 'tel', autocomplete: 'tel', longest: 64 },
  company: { type: 'text', autocomplete: 'organization', longest: 255 },
};

/** What is wrong with the values of a form, by field. */
export function wrong(
  form: Prechat,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, 'missing' | 'badEmail'>> {
  const found: Record<string, 'missing' | 'badEmail'> = {};
  for (const { name, required } of form.fields) {
    const value = values[name]?.trim() ?? '';
    if (required && !value) found[name] = 'missing';
    else if (name === 'email' && value && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value)) found[name] = 'badEmail';
  }
  return found;
}

export function PreChat({ widget, form, onGiven }: Props) {
  const { strings } = widget.words.value;
  const element = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(form.values);
  const [errors, setErrors] = useState<ReturnType<typeof wrong>>({});
  const [refused, setRefused] = useState(false);
  useEffect(() => element.current?.querySelector('input')?.focus(), []);

  const submit = (event: Event) => {
    event.preventDefault();
    const found = wrong(form, values);
    setErrors(found);
    const [first] = form.fields.filter(({ name }) => found[name]);
    if (first) return element.current?.querySelector<HTMLInputElement>(`[name=${first.name}]`)?.focus();
    const entries = form.fields.map(({ name }) => [name, values[name]?.trim() ?? ''] as const);
    onGiven(true);
    widget.prechat(Object.fromEntries(entries.filter(([, value]) => value))).catch(() => {
      setRefused(true);
      onGiven(false);
    });
  };
  return (
    <form ref={element} class="prechat" noValidate onSubmit={submit}>
      <p>{strings.intro}</p>
      {form.fields.map(({ name, required }) => (
        <Field
          key={name}
          name={name as Name}
          required={required}
          value={values[name] ?? ''}
          error={errors[name]}
          strings={strings}
          onInput={(value) => setValues({ ...values, [name]: value })}
        />
      ))}
      {refused && (
        <p class="error" role="alert">
          {strings.notTaken}
        </p>
      )}
      <button type="submit" class="primary">
        {strings.start}
      </button>
    </form>
  );
}

function Field(props: {
  readonly name: Name;
  readonly required: boolean;
  readonly value: string;
  readonly error: 'missing' | 'badEmail' | undefined;
  readonly strings: Strings;
  readonly onInput: (value: string) => void;
}) {
  const { name, required, value, error, strings, onInput } = props;
  const { type, autocomplete, longest } = KINDS[name];
  return (
    <label class="labelled">
      <span>
        {strings[name]}
        {!required && <small> · {strings.optional}</small>}
      </span>
      <input
        name={name}
        type={type as 'text'} // Preact's types know each kind, not their union
        autocomplete={autocomplete}
        maxLength={longest}
        value={value}
        required={required}
        aria-invalid={error !== undefined}
        aria-describedby={error && `error-${name}`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {error && (
        <small class="error" id={`error-${name}`}>
          {strings[error]}
        </small>
      )}
    </label>
  );
}
