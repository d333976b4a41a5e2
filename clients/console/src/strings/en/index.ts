/** English: what every other language is measured by. `{n}`, `{name}` and the like are filled in. */

import { contacts } from './contacts.ts';
import { conversations } from './conversations.ts';
import { settings } from './settings.ts';

export const en = {
  ...conversations,
  ...contacts,
  ...settings,
  // Login
  logIn: 'Log in',
  loginTitle: 'Log in to your inbox',
  organization: 'Organization',
  email: 'E-mail',
  password: 'Password',
  badCredentials: 'Organization, e-mail and password don’t belong together.',
  tooManyTries: 'Too many tries. Please wait a few minutes.',
  unreachable: 'The server can’t be reached. Please try again.',
  sessionEnded: 'Your session has ended. Please log in again.',
  removed: 'You are no longer an agent of this organization.',
  // Rooms
  skip: 'Skip to the conversation',
  rooms: 'Main menu',
  inbox: 'Inbox',
  contacts: 'Contacts',
  // The own menu
  you: 'You: {name}',
  online: 'Online',
  away: 'Away',
  language: 'Language',
  theme: 'Appearance',
  themeAuto: 'As the device',
  themeLight: 'Light',
  themeDark: 'Dark',
  notifications: 'Desktop notifications',
  notificationsBlocked: 'Your browser blocks notifications of this page.',
  sound: 'Sound',
  keys: 'Keyboard shortcuts',
  logOut: 'Log out',
  logOutUnsent: 'Some of what you wrote is not sent yet and would be lost. Log out all the same?',
  // Connection and notices
  disconnected: 'No connection. What you write is kept and will be sent.',
  stopped: 'Not connected: {reason}',
  connect: 'Connect',
  notDone: 'That didn’t work: {reason}',
  logOutFailed: 'You could not be logged out: the server can’t be reached.',
  dismiss: 'Dismiss',
  // Shortcuts
  keyNext: 'Next conversation',
  keyPrevious: 'Previous conversation',
  keyOpen: 'Open it, then write',
  keyAssign: 'Assign to yourself',
  keyClose: 'Close or reopen',
  keyNote: 'Write a note',
  keyReply: 'Write a reply',
  keyProfile: 'Change the profile',
  keySearch: 'Search contacts',
  keyHelp: 'Show this help',
  keyBack: 'Back, step by step',
  keyViews: 'Views: open, mine, unassigned, closed, all',
};

export type Strings = typeof en;
