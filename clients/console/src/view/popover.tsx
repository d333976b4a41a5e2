/** A button and what it opens; Escape, a click elsewhere and leaving it by keyboard close it. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  readonly label: string;
  /** What the button shows. */
  readonly face: ComponentChildren;
  readonly class?: string;
  /** The content; `close` is for what ends it. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function Popover({ label, face, class: name, children }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('.popover :is(button, select, a)')?.focus();
    const outside = ({ target }: Event) => root.current?.contains(target as Node) || setOpen(false);
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      close();
    } else if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      step(root.current!, event.key === 'ArrowDown' ? 1 : -1);
    }
  };
  return (
    <div ref={root} class={`popper ${name ?? ''}`} onKeyDown={key}>
      <button
        ref={button}
        type="button"
        class="popper-button"
        aria-label={label}
        title={label}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <div class="popover" role="group" aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

/** Moves the focus to the next control, or the one before. */
function step(root: HTMLElement, by: number): void {
  const controls = [...root.querySelectorAll<HTMLElement>('.popover :is(button, select, a)')];
  const at = controls.indexOf(document.activeElement as HTMLElement);
  controls[(at + by + controls.length) % controls.length]?.focus();
}
