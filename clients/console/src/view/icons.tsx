/** The pictures of the console, beside those that it shares with the widget. */

import type { ComponentChildren } from 'preact';

import { Icon as Drawn } from '../../../widget/src/view/icons.tsx';

export { AlertIcon, CheckIcon as TickIcon, ClockIcon, MoreIcon } from '../../../widget/src/view/icons.tsx';

const Icon = (given: { readonly children: ComponentChildren; readonly size?: number }) => (
  <Drawn weight={1.8} {...given} />
);

/** Two ends of one thread. */
export const Mark = ({ size = 34 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="9" fill="#0f6b62" />
    <path d="M9 20.5c0-8 14-1 14-9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" />
    <circle cx="9" cy="20.5" r="3" fill="#fff" />
    <circle cx="23" cy="11.5" r="3" fill="#9fe0d4" />
  </svg>
);
export const InboxIcon = () => (
  <Icon size={22}>
    <path d="M3.5 13.5h4.6l1.4 2.6h5l1.4-2.6h4.6" />
    <path d="M6.4 5h11.2l2.9 8.5v4a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-4L6.4 5Z" />
  </Icon>
);
export const ContactsIcon = () => (
  <Icon size={22}>
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M2.8 19.5c.6-3.4 3.1-5.3 6.2-5.3s5.6 1.9 6.2 5.300M15.5 5.300a3.4 3.4 0 0 1 0 6.400M17.8 14.800c1.9.8 3.1 2.4 3.5 4.7" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon size={22}>
    <path d="M4 7.500h8.500M17.500 7.500H20M4 16.500h2.500M11.500 16.500H20" />
    <circle cx="15" cy="7.500" r="2.500" />
    <circle cx="9" cy="16.500" r="2.500" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon size={17}>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </Icon>
);
export const PencilIcon = () => (
  <Icon size={15}>
    <path d="M4.5 19.5l.9-3.900L16 5l3 3L8.400 18.600l-3.900.9ZM14 7l3 3" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon size={16}>
    <path d="M8.500 8.500h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-10a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1Z" />
    <path d="M4.500 15.500v-11a1 1 0 0 1 1-1h10" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon size={15}>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon size={18}>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon size={17}>
    <path d="m5 12.5 4.5 4.500L19 7.5" />
  </Icon>
);
export const ReopenIcon = () => (
  <Icon size={17}>
    <path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.500M4.5 4.500v4h4" />
  </Icon>
);
export const PersonIcon = () => (
  <Icon size={17}>
    <circle cx="12" cy="8.2" r="3.7" />
    <path d="M4.8 20c.7-3.7 3.6-5.8 7.2-5.800s6.5 2.1 7.2 5.8" />
  </Icon>
);
export const PanelIcon = () => (
  <Icon>
    <rect x="3.5" y="4.5" width="17" height="15" rx="2.5" />
    <path d="M14.5 4.500v15" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M14.5 5.5 8 12l6.5 6.5" />
  </Icon>
);
export const DownIcon = () => (
  <Icon size={16}>
    <path d="M12 5v14M6 13l6 6 6-6" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon size={15}>
    <path d="m6.5 9.5 5.5 5.5 5.5-5.5" />
  </Icon>
);
export const FileIcon = ({ size = 20 }: { size?: number }) => (
  <Icon size={size}>
    <path d="M13.5 3.500H7a1.500 1.500 0 0 0-1.500 1.500v14A1.500 1.500 0 0 0 7 20.500h10a1.500 1.500 0 0 0 1.500-1.500V8.500l-5-5Z" />
    <path d="M13.500 3.500v5h5M9 12.500h6M9 16h6" />
  </Icon>
);
export const ImportIcon = () => (
  <Icon size={17}>
    <path d="M12 15V4M7.500 8.500 12 4l4.500 4.500M4.500 15v3.500a1.500 1.500 0 0 0 1.500 1.500h12a1.500 1.500 0 0 0 1.500-1.500V15" />
  </Icon>
);
export const ExportIcon = () => (
  <Icon size={17}>
    <path d="M12 4v11M7.500 10.500 12 15l4.500-4.500M4.500 15v3.500a1.500 1.500 0 0 0 1.500 1.500h12a1.500 1.500 0 0 0 1.500-1.500V15" />
  </Icon>
);
export const SendIcon = () => (
  <Icon size={18}>
    <path d="M12 19V5M6 11l6-6 6 6" />
  </Icon>
);
export const NoteIcon = ({ size = 16 }: { size?: number }) => (
  <Icon size={size}>
    <path d="M5 4.500h14a.5.5 0 0 1 .5.500v9.500l-5 5H5a.5.5 0 0 1-.5-.5V5a.5.5 0 0 1 .5-.5Z" />
    <path d="M19.5 14.500h-5v5M8 9h8M8 12.500h4" />
  </Icon>
);
export const DeviceIcon = ({ kind }: { kind: string }) => (
  <Icon size={17}>
    {kind === 'ios' || kind === 'android' ? (
      <path d="M8.5 3h7a1.5 1.5 0 0 1 1.5 1.500v15a1.5 1.5 0 0 1-1.5 1.500h-7A1.5 1.5 0 0 1 7 19.500v-15A1.5 1.5 0 0 1 8.5 3ZM11 18h2" />
    ) : (
      <path d="M4.5 5h15a1 1 0 0 1 1 1v9.500a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 20h6M12 16.500V20" />
    )}
  </Icon>
);
export const KeyboardIcon = () => (
  <Icon size={17}>
    <rect x="2.5" y="6" width="19" height="12" rx="2" />
    <path d="M6.5 10h.01M10.2 10h.01M13.9 10h.01M17.5 10h.01M8 14h8" />
  </Icon>
);
export const ExitIcon = () => (
  <Icon size={17}>
    <path d="M14 4.500H6a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1h8M10.5 12h10M17 8.500l3.5 3.5-3.5 3.5" />
  </Icon>
);
