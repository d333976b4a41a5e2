/** A labelled field of a form; what is wrong with it stands below it. */

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly autocomplete?: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly trouble?: string | undefined;
  readonly required?: boolean;
  /** A button at its end. */
  readonly children?: ComponentChildren;
}

export function Field(props: Props) {
  const { name, label, type = 'text', autocomplete = 'off', value, placeholder, hint, trouble, required } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="field-line">
        <input
          id={id}
          name={name}
          type={type as 'text'}
          autocomplete={autocomplete}
          defaultValue={value}
          placeholder={placeholder}
          autocapitalize="none"
          spellcheck={false}
          required={required}
          aria-invalid={trouble !== undefined}
          aria-describedby={trouble || hint ? `${id}-more` : undefined}
        />
        {props.children}
      </span>
      {trouble ? (
        <p id={`${id}-more`} class="trouble" role="alert">
          {trouble}
        </p>
      ) : (
        hint && (
          <p id={`${id}-more`} class="hint">
            {hint}
          </p>
        )
      )}
    </div>
  );
}
