import { defineTexts } from '../i18n/texts.ts';
import { organisationEnglish } from './texts-english.ts';

/** What the pages of the organisation say. */
export const organisationTexts = defineTexts(organisationEnglish, () => import('./texts-german.ts'));
