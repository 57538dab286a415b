import type { Language } from '../domain/mail-port.ts';

/** A field's words: what is asked for, what that is for, and what is said where it was refused. */
interface FieldTexts {
  readonly label: string;
  readonly hint: string;
  /** Absent where the API's own words are understood. */
  readonly wrong?: string;
}

/** The words of the set-up pages. */
export interface SetupTexts {
  readonly title: string;
  readonly intro: string;
  readonly missingKey: string;
  readonly fields: Readonly<Record<'organisation' | 'name' | 'username' | 'password', FieldTexts>>;
  readonly submit: string;
  readonly error: string;
  readonly correct: string;
  /** What is said of a link that is not valid; absent where the API's own words are understood. */
  readonly badKey?: string;
  readonly doneTitle: string;
  readonly done: readonly [before: string, after: string];
  readonly readyTitle: string;
  readonly ready: readonly [before: string, after: string];
  readonly signIn: string;
  readonly getToken: string;
  readonly makeToken: string;
  readonly withToken: readonly [before: string, after: string];
  readonly firstProgram: string;
  readonly reference: string;
}

const english: SetupTexts = {
  title: 'Set up Keywright',
  intro: 'This makes the first organisation and its administrator. It can be done once.',
  missingKey:
    'The address of this page lacks its key. Open the one-time link that the first start prints; a restart prints a new one.',
  fields: {
    organisation: { label: 'Organisation', hint: 'Whom the users and the application tokens belong to' },
    name: { label: 'Your name', hint: 'As others will see it' },
    username: { label: 'E-mail address', hint: 'What you will sign in with' },
    password: { label: 'Password', hint: 'At least 8 characters; a few unrelated words are good' },
  },
  submit: 'Create administrator',
  error: 'Error',
  correct: 'Please correct what is marked below.',
  doneTitle: 'Keywright is set up',
  done: [
    "There is an administrator already, so this page has no more to do. Whoever has the administrator's password can sign in; on the server, ",
    ' makes another user.',
  ],
  readyTitle: 'Keywright is ready',
  ready: ['The administrator ', ' can sign in now.'],
  signIn: 'Sign in',
  getToken: 'Get an auth token',
  makeToken: 'Make an application token for a program',
  withToken: ['With the ', ' of the answer above:'],
  firstProgram: 'My first program',
  reference: 'API reference',
};

const german: SetupTexts = {
  title: 'Keywright einrichten',
  intro: 'Hier entstehen die erste Organisation und ihr Administrator. Das geht ein einziges Mal.',
  missingKey:
    'Der Adresse dieser Seite fehlt ihr Schlüssel. Öffnen Sie den einmaligen Link, den der erste Start ausgibt; ein Neustart gibt einen neuen aus.',
  fields: {
    organisation: {
      label: 'Organisation',
      hint: 'Zu ihr gehören Benutzer und Anwendungstoken',
      wrong: 'Dieser Name geht nicht: Er ist leer, zu lang oder enthält unsichtbare Zeichen.',
    },
    name: {
      label: 'Ihr Name',
      hint: 'So sehen ihn andere',
      wrong: 'Dieser Name geht nicht: Er ist leer, zu lang oder enthält unsichtbare Zeichen.',
    },
    username: {
      label: 'E-Mail-Adresse',
      hint: 'Damit melden Sie sich an',
      wrong: 'Das ist keine E-Mail-Adresse wie jana@example.com.',
    },
    password: {
      label: 'Passwort',
      hint: 'Mindestens 8 Zeichen; gut sind ein paar Wörter, die nichts miteinander zu tun haben',
      wrong: 'Dieses Passwort ist zu kurz, zu häufig oder die E-Mail-Adresse selbst.',
    },
  },
  submit: 'Administrator anlegen',
  error: 'Fehler',
  correct: 'Bitte berichtigen Sie, was unten gekennzeichnet ist.',
  badKey: 'Dieser Link ist nicht gültig oder wurde schon benutzt.',
  doneTitle: 'Keywright ist eingerichtet',
  done: [
    'Es gibt schon einen Administrator, hier ist also nichts mehr zu tun. Wer dessen Passwort hat, kann sich anmelden; auf dem Server legt ',
    ' einen weiteren Benutzer an.',
  ],
  readyTitle: 'Keywright ist bereit',
  ready: ['Der Administrator ', ' kann sich jetzt anmelden.'],
  signIn: 'Anmelden',
  getToken: 'Ein Auth-Token holen',
  makeToken: 'Ein Anwendungstoken für ein Programm anlegen',
  withToken: ['Mit dem ', ' aus der Antwort von oben:'],
  firstProgram: 'Mein erstes Programm',
  reference: 'API-Referenz',
};

/** The words of the set-up pages in a language. */
export function setupTextsOf(language: Language): SetupTexts {
  return language === 'de' ? german : english;
}
