import { defineTexts } from '../i18n/texts.ts';
import { layoutEnglish } from './texts-english.ts';

/** What the frame around the pages says. */
export const layoutTexts = defineTexts(layoutEnglish, () => import('./texts-german.ts'));
