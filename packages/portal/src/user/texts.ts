import { defineTexts } from '../i18n/texts.ts';
import { userEnglish } from './texts-english.ts';

/** What the page of the users says. */
export const userTexts = defineTexts(userEnglish, () => import('./texts-german.ts'));
