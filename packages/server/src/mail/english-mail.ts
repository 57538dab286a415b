import type { MailData } from '../domain/mail-port.ts';
import { code, facts, link, type MailLanguage, type MailTexts, originFact, say } from './mail-text.ts';

const onceIn72Hours = 'The link works once, within 72 hours.';
const tellAdministrator = 'tell your administrator at once';

const factors: Readonly<Record<MailData['factor_changed']['factor'], string>> = {
  totp: 'an authenticator app',
  email: 'codes by e-mail',
  passkey: 'a passkey',
  recovery_codes: 'recovery codes',
};

const accountTexts = {
  activation: ({ organisation, link: url }) => ({
    subject: 'Activate your account',
    blocks: [
      say(`An account was made for you at ${organisation}. Activate it, and choose your password:`),
      link('Activate account', url),
      say(onceIn72Hours),
    ],
    unasked: "If you don't know what this is about, ignore this mail: the account then stays closed.",
  }),
  signup: ({ organisation, link: url }) => ({
    subject: 'Confirm your e-mail address',
    blocks: [
      say(
        `You signed up as the first administrator of ${organisation}. Confirm that this address is yours, and choose the password:`,
      ),
      link('Confirm address', url),
      say(onceIn72Hours),
    ],
    unasked: 'If it was not you who signed up, ignore this mail: no account is made then.',
  }),
  signup_existing: () => ({
    subject: 'You have an account already',
    blocks: [
      say(
        'Somebody, perhaps you, signed up with this address, which has an account already. Nothing was changed. Sign in with your password; if you forgot it, ask for a new one where you sign in.',
      ),
    ],
    unasked: 'If it was not you who signed up, you need do nothing.',
  }),
  invitation: ({ organisation, inviter, link: url }) => ({
    subject: `Invitation to ${organisation}`,
    blocks: [
      say(`${inviter} invites you to work in ${organisation}.`),
      link('Accept invitation', url),
      say(onceIn72Hours),
    ],
    unasked: "If you don't expect this invitation, ignore this mail: you join nothing unless you accept.",
  }),
  password_reset: ({ link: url }) => ({
    subject: 'Choose a new password',
    blocks: [
      say('Somebody, hopefully you, asked for a new password for your account. Choose it here:'),
      link('Choose password', url),
      say('The link works once, within an hour. With the new password, every session ends.'),
    ],
    unasked: 'If it was not you who asked, ignore this mail: your password stays as it is.',
  }),
  username_change: ({ link: url }) => ({
    subject: 'Confirm your new username',
    blocks: [
      say('This address is to be the username of your account. Confirm that it is yours, with your current password:'),
      link('Confirm address', url),
      say(onceIn72Hours),
    ],
    unasked:
      "If you don't know what this is about, ignore this mail, and give no password: nobody signs in with this address then.",
  }),
  username_changed: ({ username, time }) => ({
    subject: 'Your username was changed',
    blocks: [say('This address is no longer your username.'), facts(['New username', username], ['Time', time])],
    unasked: `If it was not you who wanted this, ${tellAdministrator}.`,
  }),
  password_changed: ({ time, ...origin }) => ({
    subject: 'Your password was changed',
    blocks: [
      say('Your account has a new password, and its other sessions have ended.'),
      facts(['Time', time], originFact(origin, 'From', 'By')),
    ],
    unasked: `If it was not you who changed it, ask for a new password where you sign in, and ${tellAdministrator}.`,
  }),
} satisfies Partial<MailTexts>;

const securityTexts = {
  email_code: ({ code: text, minutes }) => ({
    subject: 'Your code for signing in',
    blocks: [
      say('Your code:'),
      code(text),
      say(`It is good for ${minutes} minutes, and once. Give it to nobody: nobody of ours will ask you for it.`),
    ],
    unasked: 'If you are not signing in just now, somebody else knows your password: change it at once.',
  }),
  factor_changed: ({ factor, change, time, ...origin }) => ({
    subject: change === 'added' ? 'A second factor was added' : 'A second factor was removed',
    blocks: [
      say(
        change === 'added'
          ? `From now on ${factors[factor]} can be the second step when you sign in.`
          : `From now on ${factors[factor]} can no longer be the second step when you sign in.`,
      ),
      facts(['Time', time], originFact(origin, 'From', 'By')),
    ],
    unasked: `If it was not you, change your password, and ${tellAdministrator}.`,
  }),
  new_network: ({ address, device, time }) => ({
    subject: 'Sign-in from a new network',
    blocks: [
      say('Somebody signed in to your account from a network that it was not used from lately.'),
      facts(['Time', time], ['Address', address], ['Device', device]),
      say('If it was you, you need do nothing.'),
    ],
    unasked: "If it was not you, change your password at once, and end the sessions that you don't know.",
  }),
  account_locked: ({ address, minutes, time }) => ({
    subject: 'Signing in was locked for a while',
    blocks: [
      say(
        `After several failures in a row, nobody can sign in to your account from there for ${minutes} minutes. From networks that you signed in from lately, you still can.`,
      ),
      facts(['Time', time], ['Address', address]),
      say('If it was you, wait a little, or ask for a new password where you sign in.'),
    ],
    unasked:
      'If it was not you, somebody tried to guess your password, and failed. A long password of its own and a second factor keep it so.',
  }),
  application_token_created: ({ token, organisation, time, ...origin }) => ({
    subject: 'A new application token',
    blocks: [
      say('An application token was made with your account: a program that has it acts with your rights.'),
      facts(['Token', token], ['Organisation', organisation], ['Time', time], originFact(origin, 'From', 'By')),
    ],
    unasked: 'If it was not you who made it, revoke it, and change your password at once.',
  }),
  application_token_rotated: ({ token, organisation, time, ...origin }) => ({
    subject: 'An application token has a new secret',
    blocks: [
      say('An application token that you made was rotated: a program that has its new secret acts with your rights.'),
      facts(['Token', token], ['Organisation', organisation], ['Time', time], originFact(origin, 'From', 'By')),
    ],
    unasked: 'If you know nothing of it, revoke the token, and change your password at once.',
  }),
  token_expiry: ({ token, organisation, days, expires, link: url }) => ({
    subject:
      days === '1' ? 'An application token expires within a day' : `An application token expires within ${days} days`,
    blocks: [
      say('Programs that use this application token will be refused once it has expired:'),
      facts(['Token', token], ['Organisation', organisation], ['Expires', expires]),
      say('Give it a later date, or put a new one in its place, before then.'),
      link('Open application tokens', url),
    ],
    unasked: 'You get this mail because you made the token. If nothing uses it any more, you need do nothing.',
  }),
} satisfies Partial<MailTexts>;

export const englishMail: MailLanguage = {
  tag: 'en-GB',
  frame: {
    greeting: (name) => `Hello ${name},`,
    orOpen: 'Or open this address:',
    footer: (serviceUrl) => `Sent by the sign-in service at ${serviceUrl}. Nobody reads answers to this mail.`,
  },
  texts: { ...accountTexts, ...securityTexts },
};
