import { useStore } from '../store/store.ts';
import { languageStore, localeOf } from './language.ts';

/** What `Intl` formats by on these pages. */
export function useLocale(): string {
  return localeOf(useStore(languageStore));
}
