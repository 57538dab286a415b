import { createStore } from '../store/store.ts';

/** The languages that the pages speak. */
export type Language = 'en' | 'de';

/** Every language, by what it calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

const storageKey = 'keywright-language';

/** Follows the language of the pages. */
export const languageStore = createStore<Language>(chosenLanguage() ?? preferredLanguage());

function isLanguage(value: string | null): value is Language {
  return value === 'en' || value === 'de';
}

function chosenLanguage(): Language | undefined {
  try {
    const kept = localStorage.getItem(storageKey);
    return isLanguage(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** The first of the browser's languages that we speak. */
function preferredLanguage(): Language {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find(isLanguage) ?? 'en';
}

/** Chooses a language, for this browser from now on. */
export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  languageStore.set(language);
}

/** What `Intl` formats by: the reader's own region, where the browser names one for the language. */
export function localeOf(language: Language): string {
  const regional = navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${language}-`));
  return regional ?? (language === 'en' ? 'en-GB' : 'de-DE');
}
