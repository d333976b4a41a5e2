/** Українська. */

import type { Strings } from '../en/index.ts';
import { contacts } from './contacts.ts';
import { conversations } from './conversations.ts';
import { settings } from './settings.ts';

export const uk: Strings = {
  ...conversations,
  ...contacts,
  ...settings,
  // Login
  logIn: 'Увійти',
  loginTitle: 'Увійдіть до вхідних',
  organization: 'Організація',
  email: 'Ел. пошта',
  password: 'Пароль',
  badCredentials: 'Організація, пошта й пароль не пасують одне до одного.',
  tooManyTries: 'Забагато спроб. Зачекайте, будь ласка, кілька хвилин.',
  unreachable: 'Сервер недоступний. Спробуйте, будь ласка, ще раз.',
  sessionEnded: 'Ваш сеанс закінчився. Увійдіть, будь ласка, ще раз.',
  removed: 'Ви більше не агент цієї організації.',
  // Rooms
  skip: 'Перейти до розмови',
  rooms: 'Головне меню',
  inbox: 'Вхідні',
  contacts: 'Контакти',
  // The own menu
  you: 'Ви: {name}',
  online: 'На зв’язку',
  away: 'Відійшли',
  language: 'Мова',
  theme: 'Вигляд',
  themeAuto: 'Як на пристрої',
  themeLight: 'Світлий',
  themeDark: 'Темний',
  notifications: 'Сповіщення на екрані',
  notificationsBlocked: 'Ваш браузер блокує сповіщення цієї сторінки.',
  sound: 'Звук',
  keys: 'Клавіші',
  logOut: 'Вийти',
  logOutUnsent: 'Частину написаного ще не надіслано, її буде втрачено. Усе одно вийти?',
  // Connection and notices
  disconnected: 'Немає зв’язку. Написане збережено й буде надіслано.',
  stopped: 'Немає з’єднання: {reason}',
  connect: 'З’єднатися',
  notDone: 'Не вийшло: {reason}',
  logOutFailed: 'Вийти не вдалося: сервер недоступний.',
  dismiss: 'Прибрати',
  // Shortcuts
  keyNext: 'Наступна розмова',
  keyPrevious: 'Попередня розмова',
  keyOpen: 'Відкрити, потім писати',
  keyAssign: 'Призначити собі',
  keyClose: 'Закрити або відкрити знову',
  keyNote: 'Написати нотатку',
  keyReply: 'Написати відповідь',
  keyProfile: 'Змінити профіль',
  keySearch: 'Шукати контакти',
  keyHelp: 'Показати цю довідку',
  keyBack: 'Крок за кроком назад',
  keyViews: 'Перегляди: відкриті, мої, нічиї, закриті, усі',
};
