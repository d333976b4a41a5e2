/** The few pictures there are, drawn in the colour of the text around them. */

import type { ComponentChildren } from 'preact';

interface IconProps {
  readonly children: ComponentChildren;
  readonly size?: number;
  readonly weight?: number;
}

/** A picture of 24 by 24, in lines of this weight. */
export function Icon({ children, size = 20, weight = 2 }: IconProps) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={weight}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const ChatIcon = () => (
  <Icon size={26}>
    <path d="M12 3.5c-5 0-9 3.3-9 7.6 0 2.4 1.3 4.5 3.3 5.9L5.6 21l4.2-2.3c.7.1 1.4.2 2.2.2 5 0 9-3.4 9-7.8s-4-7.6-9-7.6Z" />
    <path d="M8 11.2h.01M12 11.2h.01M16 11.2h.01" stroke-width="2.6" />
  </Icon>
);
export const DownIcon = () => (
  <Icon size={26}>
    <path d="m6 9.5 6 6 6-6" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" />
  </Icon>
);
export const SoundIcon = ({ off }: { off: boolean }) => (
  <Icon>
    <path d="M11 5 6.5 9H3v6h3.5L11 19V5Z" />
    {off ? <path d="m16 9.5 5 5M21 9.5l-5 5" /> : <path d="M15.5 9a4 4 0 0 1 0 6M18.5 6.2a8 8 0 0 1 0 11.6" />}
  </Icon>
);
export const MoreIcon = () => (
  <Icon size={18}>
    <path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" />
  </Icon>
);
export const CheckIcon = ({ twice }: { twice: boolean }) => (
  <Icon size={14}>
    {twice ? <path d="m2 12.5 4.5 4.5L15 8M12.5 16l1 1L22 8" /> : <path d="m5 12.5 4.5 4.5L19 8" />}
  </Icon>
);
export const ClockIcon = () => (
  <Icon size={13}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3 2" />
  </Icon>
);
export const AlertIcon = ({ size = 18 }: { size?: number }) => (
  <Icon size={size}>
    <circle cx="12" cy="12" r="9.5" />
    <path d="M12 7.5v5M12 16.2h.01" />
  </Icon>
);
export const ArrowDownIcon = () => (
  <Icon size={16}>
    <path d="M12 5v14M5.5 12.5 12 19l6.5-6.5" />
  </Icon>
);
