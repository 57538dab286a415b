import { literals } from './literals.ts';

/** The languages that users are written to in, and that the portal speaks, the default first. */
export const languages = ['en', 'de'] as const;

export const LanguageSchema = literals(languages);
