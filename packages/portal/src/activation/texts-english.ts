/** What the page behind the links of mails says, in English. */
export const activationEnglish = {
  pending: 'One moment',
  purposes: {
    activation: {
      title: 'Activate your account',
      text: (username: string) => `Choose a password for ${username}.`,
      submit: 'Activate',
    },
    invitation: {
      title: 'Accept the invitation',
      text: (username: string) => `You were invited to another workspace as ${username}. Your password stays as it is.`,
      submit: 'Accept',
    },
    password_reset: {
      title: 'Choose a new password',
      text: (username: string) => `For ${username}. Every session that is open ends.`,
      submit: 'Set password',
    },
    signup: {
      title: 'Confirm your sign-up',
      text: (username: string) =>
        `With this, the account of ${username} comes to be. Enter the password that you chose, or another one.`,
      submit: 'Confirm',
    },
    username_change: {
      title: 'Confirm your e-mail address',
      text: (username: string) => `From now on you sign in as ${username}.`,
      submit: 'Confirm',
    },
  },
  passwords: {
    always: { label: 'New password', hint: 'At least 8 characters; a few unrelated words are good.' },
    maybe: { label: 'Another password', hint: 'Leave this empty to keep the one that you chose.' },
    present: {
      label: 'Current password',
      hint: 'The one that you signed in with before the address changed. If no account of yours was to have this address, close this page.',
    },
  },
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
