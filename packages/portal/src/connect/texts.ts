import { defineTexts } from '../i18n/texts.ts';
import { connectEnglish } from './texts-english.ts';

/** What the page about connecting an API says. */
export const connectTexts = defineTexts(connectEnglish, () => import('./texts-german.ts'));
