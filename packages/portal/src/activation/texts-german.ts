import type { Translation } from '../i18n/texts.ts';
import type { activationEnglish } from './texts-english.ts';

/** What the page behind the links of mails says, in German. */
export const german: Translation<typeof activationEnglish> = {
  pending: 'Einen Augenblick',
  purposes: {
    activation: {
      title: 'Konto aktivieren',
      text: (username) => `Wählen Sie ein Passwort für ${username}.`,
      submit: 'Aktivieren',
    },
    invitation: {
      title: 'Einladung annehmen',
      text: (username) =>
        `Sie wurden als ${username} in einen weiteren Arbeitsbereich eingeladen. Ihr Passwort bleibt, wie es ist.`,
      submit: 'Annehmen',
    },
    password_reset: {
      title: 'Neues Passwort wählen',
      text: (username) => `Für ${username}. Alle offenen Sitzungen enden.`,
      submit: 'Passwort setzen',
    },
    signup: {
      title: 'Registrierung bestätigen',
      text: (username) =>
        `Damit entsteht das Konto von ${username}. Geben Sie das Passwort ein, das Sie gewählt haben, oder ein anderes.`,
      submit: 'Bestätigen',
    },
    username_change: {
      title: 'E-Mail-Adresse bestätigen',
      text: (username) => `Von jetzt an melden Sie sich als ${username} an.`,
      submit: 'Bestätigen',
    },
  },
  passwords: {
    always: { label: 'Neues Passwort', hint: 'Mindestens 8 Zeichen; gut sind ein paar Wörter ohne Zusammenhang.' },
    maybe: { label: 'Anderes Passwort', hint: 'Lassen Sie das leer, um das zu behalten, das Sie gewählt haben.' },
    present: {
      label: 'Bisheriges Passwort',
      hint: 'Das, mit dem Sie sich vor dem Wechsel der Adresse angemeldet haben. Sollte kein Konto von Ihnen diese Adresse bekommen, schließen Sie diese Seite.',
    },
  },
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
