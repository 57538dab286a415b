import { defineTexts } from '../i18n/texts.ts';
import { componentEnglish } from './texts-english.ts';

/** What the shared components say. */
export const componentTexts = defineTexts(componentEnglish, () => import('./texts-german.ts'));
