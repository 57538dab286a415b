import type { Translation } from '../i18n/texts.ts';
import type { componentEnglish } from './texts-english.ts';

/** What the shared components say, in German. */
export const german: Translation<typeof componentEnglish> = {
  retry: 'Erneut versuchen',
  cancel: 'Abbrechen',
  close: 'Schließen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  requestId: (id) => `Anfrage ${id}`,
  copyFailed: 'Der Browser hat es nicht erlaubt. Markieren Sie den Text und kopieren Sie ihn von Hand.',
  shownOnce: 'Wird nur dieses eine Mal gezeigt und nirgends aufbewahrt. Kopieren Sie es jetzt.',
  showPassword: 'Passwort anzeigen',
  loading: 'Wird geladen',
  page: (page, pages) => `Seite ${page} von ${pages}`,
  rows: (from, to, total) => `${from}–${to} von ${total}`,
  previousPage: 'Vorherige Seite',
  nextPage: 'Nächste Seite',
  pagination: 'Seiten',
  sortBy: (column) => `Nach ${column} sortieren`,
  selectAll: 'Alle auf dieser Seite auswählen',
  selectRow: (name) => `${name} auswählen`,
  noMatch: 'Nichts passt dazu',
  noMatchHint: 'Ändern oder entfernen Sie Filter, um mehr zu sehen.',
  clearFilters: 'Filter entfernen',
  errors: {
    title: 'Das hat nicht geklappt',
    connection:
      'Der Server antwortet nicht. Möglicherweise wurde nichts geändert; versuchen Sie es gleich noch einmal.',
    offline: 'Sie sind offline. Versuchen Sie es wieder, sobald Sie verbunden sind.',
    InvalidToken: 'Sie sind nicht mehr angemeldet.',
    Forbidden: 'Ihre Rollen erlauben das nicht.',
    NotFound: 'Das gibt es nicht, oder nicht mehr.',
    Conflict: 'Das gibt es schon.',
    TooManyRequests: (seconds) => `Zu viele Anfragen. Versuchen Sie es in ${seconds} wieder.`,
    PayloadTooLarge: 'Das ist zu viel auf einmal.',
    InternalError:
      'Auf dem Server ist etwas schiefgegangen. Wer ihn betreibt, findet die Ursache über die Anfrage-Kennung.',
    Unavailable: 'Der Server ist ausgelastet oder erreicht seine Daten nicht. Versuchen Sie es gleich noch einmal.',
    unknown: 'Etwas Unerwartetes ist schiefgegangen.',
    validation: 'Bitte berichtigen Sie, was markiert ist.',
  },
  problems: {
    required: 'Bitte ausfüllen.',
    tooShort: (count) => `Mindestens ${count} Zeichen.`,
    tooLong: (count) => `Höchstens ${count} Zeichen.`,
    isUsername: 'Es darf nicht die E-Mail-Adresse sein.',
    isCommon: 'Das ist eines der häufigsten Passwörter, die zuerst ausprobiert werden. Wählen Sie ein anderes.',
    email: 'Das ist keine E-Mail-Adresse.',
    wrongPassword: 'Das ist nicht Ihr Passwort.',
  },
};
