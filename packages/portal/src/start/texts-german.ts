import type { Translation } from '../i18n/texts.ts';
import type { startEnglish } from './texts-english.ts';

/** What the start page says, in German. */
export const german: Translation<typeof startEnglish> = {
  title: 'Start',
  description: 'Wo Sie arbeiten, und als was.',
  roles: 'Ihre Rollen hier',
};
