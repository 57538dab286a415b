/** What the page behind the links of mails says, in English. */
export const activationEnglish = {
  title: 'Choose a password',
  lead: 'For your account with Keywright.',
  password: 'Password',
  passwordHint: 'At least 8 characters; a few unrelated words are good.',
  send: 'Continue',
  keepHint: 'You have a password already and were invited, or confirm an address? Leave the field empty and keep it.',
  doneTitle: 'All done',
  doneText: 'You can sign in now.',
  signIn: 'Sign in',
  badTitle: 'This link does not work',
  badText:
    'It was used already, has expired, or was replaced by a newer one. Perhaps the mail program has cut it short.',
  badWays: 'Have a new one sent:',
  newReset: 'To choose a new password',
  newActivation: 'To activate your account',
  newInvitation: 'For a new invitation, ask whoever invited you.',
} as const;
