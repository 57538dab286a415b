import type { Translation } from '../i18n/texts.ts';
import type { activationEnglish } from './texts-english.ts';

/** What the page behind the links of mails says, in German. */
export const german: Translation<typeof activationEnglish> = {
  title: 'Passwort wählen',
  lead: 'Für Ihr Konto bei Keywright.',
  password: 'Passwort',
  passwordHint: 'Mindestens 8 Zeichen; gut sind ein paar Wörter ohne Zusammenhang.',
  send: 'Weiter',
  keepHint:
    'Sie haben schon ein Passwort und wurden eingeladen, oder bestätigen eine Adresse? Lassen Sie das Feld leer und behalten Sie es.',
  doneTitle: 'Fertig',
  doneText: 'Sie können sich jetzt anmelden.',
  signIn: 'Anmelden',
  badTitle: 'Dieser Link gilt nicht',
  badText:
    'Er wurde schon verwendet, ist abgelaufen oder wurde durch einen neueren ersetzt. Vielleicht hat das Mailprogramm ihn abgeschnitten.',
  badWays: 'Lassen Sie sich einen neuen schicken:',
  newReset: 'Um ein neues Passwort zu wählen',
  newActivation: 'Um Ihr Konto zu aktivieren',
  newInvitation: 'Um eine neue Einladung bitten Sie den, der Sie eingeladen hat.',
};
