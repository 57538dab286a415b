import { defineTexts } from '../i18n/texts.ts';
import { secondFactorEnglish } from './texts-english.ts';

/** What is said where a second factor is used or set up. */
export const secondFactorTexts = defineTexts(secondFactorEnglish, () => import('./texts-german.ts'));
