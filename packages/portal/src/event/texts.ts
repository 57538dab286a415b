import { defineTexts } from '../i18n/texts.ts';
import { eventEnglish } from './texts-english.ts';

/** What the page of the events says. */
export const eventTexts = defineTexts(eventEnglish, () => import('./texts-german.ts'));
