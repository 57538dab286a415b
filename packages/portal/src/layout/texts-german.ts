import type { Translation } from '../i18n/texts.ts';
import type { layoutEnglish } from './texts-english.ts';

/** What the frame around the pages says, in German. */
export const german: Translation<typeof layoutEnglish> = {
  skip: 'Zum Inhalt springen',
  navigation: 'Haupt',
  openMenu: 'Menü',
  pages: {
    start: 'Start',
    tokens: 'Anwendungstoken',
    connect: 'API anbinden',
    users: 'Benutzer',
    organisation: 'Organisation',
    events: 'Ereignisse',
    settings: 'Meine Einstellungen',
    apiReference: 'API-Referenz',
  },
  opensElsewhere: 'öffnet in einem neuen Tab',
  account: 'Konto',
  signOut: 'Abmelden',
  signOutEverywhere: 'Überall abmelden',
  signOutEverywhereQuestion: 'Überall abmelden?',
  signOutEverywhereHint:
    'Alle Ihre Sitzungen enden, auf allen Geräten und in allen Browsern, auch diese. Anwendungstoken gelten weiter.',
  signedInAs: 'Angemeldet als',
  theme: 'Darstellung',
  themes: { auto: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  workspace: 'Arbeitsbereich',
  switchWorkspace: 'Arbeitsbereich wechseln',
  switchedTo: (name) => `Sie arbeiten jetzt in ${name}`,
  changedElsewhere: (name) => `Sie arbeiten jetzt in ${name}: In einem anderen Tab wurde gewechselt`,
  lostConnection: 'Der Server antwortet nicht. Es wird weiter versucht …',
  offline: 'Sie sind offline. Die Seite macht weiter, sobald Sie wieder verbunden sind.',
  notFound: 'Diese Seite gibt es nicht',
  notFoundHint: 'Vielleicht ist die Adresse falsch geschrieben, oder die Seite ist umgezogen.',
  toStart: 'Zur Startseite',
  crashed: 'Diese Seite konnte nicht gezeigt werden',
  reload: 'Neu laden',
  roles: {
    Administrator: 'Administrator',
    User: 'Benutzer',
    Observer: 'Beobachter',
    SuperAdmin: 'SuperAdmin',
    Service: 'Dienst',
  },
};
