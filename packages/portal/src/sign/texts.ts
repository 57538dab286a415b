import { defineTexts } from '../i18n/texts.ts';
import { signEnglish } from './texts-english.ts';

/** What the pages of the sign-in say. */
export const signTexts = defineTexts(signEnglish, () => import('./texts-german.ts'));
