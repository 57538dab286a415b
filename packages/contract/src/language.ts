/** The languages that users are written to in, and that the portal speaks, the default first. */
export const languages = ['en', 'de'] as const;
