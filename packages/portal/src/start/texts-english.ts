/** What the start page says, in English. */
export const startEnglish = {
  title: 'Start',
  description: 'Where you work, and as what.',
  roles: 'Your roles here',
} as const;
