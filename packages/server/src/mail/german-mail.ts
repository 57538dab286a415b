import type { MailData } from '../domain/mail-port.ts';
import { code, facts, link, type MailLanguage, type MailTexts, originFact, say } from './mail-text.ts';

const onceIn72Hours = 'Der Link gilt einmal und 72 Stunden lang.';
const tellAdministrator = 'melden Sie es sofort Ihrer Administratorin oder Ihrem Administrator';

const factors: Readonly<Record<MailData['factor_changed']['factor'], string>> = {
  totp: 'eine Authenticator-App',
  email: 'ein Code per E-Mail',
  passkey: 'ein Passkey',
  recovery_codes: 'ein Wiederherstellungscode',
};

const accountTexts = {
  activation: ({ organisation, link: url }) => ({
    subject: 'Aktivieren Sie Ihr Konto',
    blocks: [
      say(`Für Sie wurde bei ${organisation} ein Konto angelegt. Aktivieren Sie es, und wählen Sie Ihr Passwort:`),
      link('Konto aktivieren', url),
      say(onceIn72Hours),
    ],
    unasked: 'Wenn Sie nicht wissen, worum es geht, lassen Sie diese Mail liegen: Das Konto bleibt dann geschlossen.',
  }),
  signup: ({ organisation, link: url }) => ({
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    blocks: [
      say(
        `Sie haben sich angemeldet, um ${organisation} als Erste oder Erster zu verwalten. Bestätigen Sie, dass diese Adresse Ihre ist, und wählen Sie das Passwort:`,
      ),
      link('Adresse bestätigen', url),
      say(onceIn72Hours),
    ],
    unasked: 'Wenn Sie sich nicht angemeldet haben, lassen Sie diese Mail liegen: Es entsteht dann kein Konto.',
  }),
  signup_existing: () => ({
    subject: 'Sie haben schon ein Konto',
    blocks: [
      say(
        'Jemand, vielleicht Sie, wollte mit dieser Adresse ein Konto anlegen. Es gibt aber schon eines, und geändert hat sich nichts. Melden Sie sich mit Ihrem Passwort an; haben Sie es vergessen, fordern Sie dort ein neues an.',
      ),
    ],
    unasked: 'Wenn Sie es nicht waren, müssen Sie nichts tun.',
  }),
  invitation: ({ organisation, inviter, link: url }) => ({
    subject: `Einladung zu ${organisation}`,
    blocks: [
      say(`${inviter} lädt Sie ein, bei ${organisation} mitzuarbeiten.`),
      link('Einladung annehmen', url),
      say(onceIn72Hours),
    ],
    unasked:
      'Wenn Sie diese Einladung nicht erwarten, lassen Sie diese Mail liegen: Ohne Ihre Zustimmung geschieht nichts.',
  }),
  password_reset: ({ link: url }) => ({
    subject: 'Wählen Sie ein neues Passwort',
    blocks: [
      say('Jemand, hoffentlich Sie, hat für Ihr Konto ein neues Passwort angefordert. Wählen Sie es hier:'),
      link('Passwort wählen', url),
      say('Der Link gilt einmal und eine Stunde lang. Mit dem neuen Passwort enden alle Sitzungen.'),
    ],
    unasked: 'Wenn Sie es nicht waren, lassen Sie diese Mail liegen: Ihr Passwort bleibt dann, wie es ist.',
  }),
  username_change: ({ link: url }) => ({
    subject: 'Bestätigen Sie Ihren neuen Benutzernamen',
    blocks: [
      say(
        'Diese Adresse soll der Benutzername Ihres Kontos werden. Bestätigen Sie mit Ihrem bisherigen Passwort, dass sie Ihre ist:',
      ),
      link('Adresse bestätigen', url),
      say(onceIn72Hours),
    ],
    unasked:
      'Wenn Sie nicht wissen, worum es geht, lassen Sie diese Mail liegen, und geben Sie kein Passwort ein: Mit dieser Adresse meldet sich dann niemand an.',
  }),
  username_changed: ({ username, time }) => ({
    subject: 'Ihr Benutzername wurde geändert',
    blocks: [
      say('Diese Adresse ist nicht mehr Ihr Benutzername.'),
      facts(['Neuer Benutzername', username], ['Zeitpunkt', time]),
    ],
    unasked: `Wenn Sie das nicht wollten, ${tellAdministrator}.`,
  }),
  password_changed: ({ time, ...origin }) => ({
    subject: 'Ihr Passwort wurde geändert',
    blocks: [
      say('Ihr Konto hat ein neues Passwort, und die anderen Sitzungen sind beendet.'),
      facts(['Zeitpunkt', time], originFact(origin, 'Von', 'Durch')),
    ],
    unasked: `Wenn Sie es nicht geändert haben, fordern Sie bei der Anmeldung ein neues an, und ${tellAdministrator}.`,
  }),
} satisfies Partial<MailTexts>;

const securityTexts = {
  email_code: ({ code: text, minutes }) => ({
    subject: 'Ihr Code für die Anmeldung',
    blocks: [
      say('Ihr Code:'),
      code(text),
      say(`Er gilt ${minutes} Minuten lang und einmal. Geben Sie ihn niemandem: Von uns wird ihn niemand erfragen.`),
    ],
    unasked: 'Wenn Sie sich gerade nicht anmelden, kennt jemand anders Ihr Passwort: Ändern Sie es sofort.',
  }),
  factor_changed: ({ factor, change, time, ...origin }) => ({
    subject: change === 'added' ? 'Ein zweiter Faktor ist dazugekommen' : 'Ein zweiter Faktor wurde entfernt',
    blocks: [
      say(
        change === 'added'
          ? `Von jetzt an kann ${factors[factor]} bei der Anmeldung der zweite Schritt sein.`
          : `Von jetzt an kann ${factors[factor]} bei der Anmeldung nicht mehr der zweite Schritt sein.`,
      ),
      facts(['Zeitpunkt', time], originFact(origin, 'Von', 'Durch')),
    ],
    unasked: `Wenn Sie es nicht waren, ändern Sie Ihr Passwort, und ${tellAdministrator}.`,
  }),
  new_network: ({ address, device, time }) => ({
    subject: 'Anmeldung aus einem neuen Netz',
    blocks: [
      say('Jemand hat sich mit Ihrem Konto aus einem Netz angemeldet, aus dem es in letzter Zeit nicht benutzt wurde.'),
      facts(['Zeitpunkt', time], ['Adresse', address], ['Gerät', device]),
      say('Wenn Sie es waren, müssen Sie nichts tun.'),
    ],
    unasked:
      'Wenn Sie es nicht waren, ändern Sie sofort Ihr Passwort, und beenden Sie die Sitzungen, die Sie nicht kennen.',
  }),
  account_locked: ({ address, minutes, time }) => ({
    subject: 'Die Anmeldung war eine Weile gesperrt',
    blocks: [
      say(
        `Nach mehreren Fehlversuchen kann sich von dort ${minutes} Minuten lang niemand mit Ihrem Konto anmelden. Aus Netzen, in denen Sie sich in letzter Zeit angemeldet haben, können Sie es weiterhin.`,
      ),
      facts(['Zeitpunkt', time], ['Adresse', address]),
      say('Wenn Sie es waren, warten Sie ein wenig, oder fordern Sie bei der Anmeldung ein neues Passwort an.'),
    ],
    unasked:
      'Wenn Sie es nicht waren, hat jemand versucht, Ihr Passwort zu erraten, und es nicht geschafft. Ein langes, eigenes Passwort und ein zweiter Faktor sorgen dafür, dass es so bleibt.',
  }),
  application_token_created: ({ token, organisation, time, ...origin }) => ({
    subject: 'Ein neues Anwendungstoken',
    blocks: [
      say('Mit Ihrem Konto wurde ein Anwendungstoken erstellt: Ein Programm, das es hat, handelt mit Ihren Rechten.'),
      facts(['Token', token], ['Organisation', organisation], ['Zeitpunkt', time], originFact(origin, 'Von', 'Durch')),
    ],
    unasked: 'Wenn Sie es nicht erstellt haben, widerrufen Sie es, und ändern Sie sofort Ihr Passwort.',
  }),
  application_token_rotated: ({ token, organisation, time, ...origin }) => ({
    subject: 'Ein Anwendungstoken hat ein neues Geheimnis',
    blocks: [
      say(
        'Ein Anwendungstoken, das Sie erstellt haben, wurde erneuert: Ein Programm, das sein neues Geheimnis hat, handelt mit Ihren Rechten.',
      ),
      facts(['Token', token], ['Organisation', organisation], ['Zeitpunkt', time], originFact(origin, 'Von', 'Durch')),
    ],
    unasked: 'Wenn Sie davon nichts wissen, widerrufen Sie das Token, und ändern Sie sofort Ihr Passwort.',
  }),
  token_expiry: ({ token, organisation, days, expires, link: url }) => ({
    subject:
      days === '1'
        ? 'Ein Anwendungstoken läuft innerhalb eines Tages ab'
        : `Ein Anwendungstoken läuft innerhalb von ${days} Tagen ab`,
    blocks: [
      say('Programme, die dieses Anwendungstoken benutzen, werden abgewiesen, sobald es abgelaufen ist:'),
      facts(['Token', token], ['Organisation', organisation], ['Läuft ab', expires]),
      say('Geben Sie ihm vorher ein späteres Datum, oder setzen Sie ein neues an seine Stelle.'),
      link('Anwendungstoken öffnen', url),
    ],
    unasked:
      'Sie erhalten diese Mail, weil Sie das Token erstellt haben. Wenn nichts es mehr benutzt, müssen Sie nichts tun.',
  }),
} satisfies Partial<MailTexts>;

export const germanMail: MailLanguage = {
  tag: 'de-DE',
  frame: {
    greeting: (name) => `Guten Tag ${name},`,
    orOpen: 'Oder öffnen Sie diese Adresse:',
    footer: (serviceUrl) => `Gesendet vom Anmeldedienst ${serviceUrl}. Antworten auf diese Mail liest niemand.`,
  },
  texts: { ...accountTexts, ...securityTexts },
};
