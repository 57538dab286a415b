/** What the start page says, in English. */
export const startEnglish = {
  title: 'Start',
  description: 'What needs a look, and the one step that mends it.',
  well: 'All is well',
  wellHint: 'No token, sign-in or account needs a look. Come back, or let the mails remind you.',
  showAll: (total: number) => `Show all ${total}`,
  expiring: {
    title: 'Expiring within 14 days',
    hint: 'The programs that use them stop working then.',
    act: 'Extend by 90 days',
    done: (name: string) => `${name} works 90 days longer`,
  },
  unused: {
    title: 'Not used for 60 days',
    hint: 'What nobody needs, nobody should be able to steal.',
    act: 'Revoke',
  },
  endless: {
    title: 'Without an end',
    hint: 'If one leaks, it works until somebody notices.',
    act: 'Let it end in 90 days',
    done: (name: string) => `${name} ends in 90 days`,
  },
  oneNetwork: {
    title: 'Used from one network only, and not restricted to it',
    hint: 'Restricted, they are worth nothing elsewhere.',
    act: (network: string) => `Restrict to ${network}`,
    done: (name: string, network: string) => `${name} works from ${network} alone`,
  },
  tooOften: {
    title: 'Exchanged more than 20 times in the life of one auth token',
    hint: 'The program should keep its auth token until it expires. This does:',
    count: (count: number) => `${count} exchanges`,
    copy: 'Copy',
  },
  failures: {
    title: (count: number) =>
      count === 1 ? '1 failed sign-in in the last 7 days' : `${count} failed sign-ins in the last 7 days`,
    hint: 'Mistyped, or guessed.',
    act: 'Look at them',
  },
  noFactor: {
    title: 'You have no second factor',
    hint: 'Whoever learns your password can sign in as you.',
    act: 'Set one up',
  },
  othersWithout: {
    title: (count: number) => (count === 1 ? '1 user has no second factor' : `${count} users have no second factor`),
    hint: 'You can require one of everybody.',
    act: 'Sign-in settings',
  },
  lastUsed: 'last used',
  neverUsed: 'never used',
  ends: 'ends',
} as const;
