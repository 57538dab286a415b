import type { Translation } from '../i18n/texts.ts';
import type { organisationEnglish } from './texts-english.ts';

/** What the pages of the organisation say, in German. */
export const german: Translation<typeof organisationEnglish> = {
  pages: 'Organisation',
  details: 'Angaben',
  users: 'Benutzer',
  signIn: 'Anmeldung',
  save: 'Speichern',
  saved: 'Gespeichert',
  name: 'Name',
  id: 'Kennung',
  created: 'Angelegt',
  parent: 'Gehört zu',
  detailsTitle: 'Organisation',
  detailsDescription: 'Was alle darin sehen.',
  readOnly: 'Ihre Rollen lassen Sie das ansehen, aber nichts ändern.',
  signInTitle: 'Anmeldung',
  signInDescription: 'Wie sich Personen bei dieser Organisation anmelden.',
  mfaRequired: 'Zweiten Faktor verlangen',
  mfaRequiredHint:
    'Ab der nächsten Anmeldung muss, wer keinen zweiten Faktor hat, erst einen einrichten. Anwendungstoken betrifft das nicht.',
  mfaOn: 'Ein zweiter Faktor wird jetzt verlangt',
  mfaOff: 'Ein zweiter Faktor wird nicht mehr verlangt',
  mfaOffTitle: 'Keinen zweiten Faktor mehr verlangen?',
  mfaOffHint: 'Konten, deren Inhaber ihren zweiten Faktor entfernen, öffnet dann wieder ein Passwort allein.',
  mfaOffConfirm: 'Nicht verlangen',
};
