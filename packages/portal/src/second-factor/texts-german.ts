import type { Translation } from '../i18n/texts.ts';
import type { secondFactorEnglish } from './texts-english.ts';

/** What is said where a second factor is used or set up, in German. */
export const german: Translation<typeof secondFactorEnglish> = {
  ways: {
    totp: 'Authenticator-App',
    email_code: 'Code per E-Mail',
    passkey: 'Passkey',
    recovery_code: 'Wiederherstellungscode',
  },
  hints: {
    totp: 'Sechs Ziffern aus einer App auf Ihrem Telefon',
    email_code: 'Sechs Ziffern, die wir Ihnen jedes Mal schicken',
    passkey: 'Fingerabdruck, Gesicht, PIN oder ein Sicherheitsschlüssel',
  },
  verify: 'Bestätigen',
  wrongCode: 'Falscher Code. Jeder Code gilt einmal und nur kurze Zeit.',
  totpScan: 'Scannen Sie das mit Ihrer Authenticator-App, oder tippen Sie den Schlüssel dort ein.',
  totpKey: 'Schlüssel',
  totpFirst: 'Der Code, den die App anzeigt',
  qrCode: 'QR-Code für Ihre Authenticator-App',
  emailFirst: 'Der Code aus der Mail',
  emailSent: 'Wir haben Ihnen einen Code geschickt. Er gilt zehn Minuten.',
  passkeyText: 'Bestätigen Sie mit Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.',
  passkeyCreate: 'Passkey anlegen',
  passkeyUse: 'Passkey verwenden',
  passkeyFailed: 'Der Passkey wurde nicht verwendet: abgebrochen, zu lange gewartet oder nicht auf diesem Gerät.',
  passkeyNotMade: 'Es wurde kein Passkey angelegt: abgebrochen, zu lange gewartet, oder dieses Gerät hat schon einen.',
  passkeyUnsupported: 'Dieser Browser kann hier keine Passkeys. Wählen Sie einen anderen Weg.',
  passkeyRefused: 'Der Passkey wurde nicht angenommen.',
};
