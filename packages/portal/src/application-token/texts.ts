import { defineTexts } from '../i18n/texts.ts';
import { tokenEnglish } from './texts-english.ts';

/** What the page of the application tokens says. */
export const tokenTexts = defineTexts(tokenEnglish, () => import('./texts-german.ts'));
