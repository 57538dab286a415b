import { defineTexts } from '../i18n/texts.ts';
import { startEnglish } from './texts-english.ts';

/** What the start page says. */
export const startTexts = defineTexts(startEnglish, () => import('./texts-german.ts'));
