import { defineTexts } from '../i18n/texts.ts';
import { userSettingsEnglish } from './texts-english.ts';

/** What the page of one's own settings says. */
export const userSettingsTexts = defineTexts(userSettingsEnglish, () => import('./texts-german.ts'));
