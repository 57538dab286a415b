import { defineTexts } from '../i18n/texts.ts';
import { activationEnglish } from './texts-english.ts';

/** What the page behind the links of mails says. */
export const activationTexts = defineTexts(activationEnglish, () => import('./texts-german.ts'));
