import { use } from 'react';
import { useStore } from '../store/store.ts';
import { type Language, languageStore } from './language.ts';

/** A dictionary of another language: the same names, and the same values to put in. */
export type Translation<T> = {
  readonly [Name in keyof T]: T[Name] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : T[Name] extends string
      ? string
      : Translation<T[Name]>;
};

/** The texts of a part of the pages, in every language. */
export interface Texts<T> {
  load(language: Language): Promise<Translation<T>>;
}

/**
 * Puts the texts of a part together: English comes with the page, German when it is wanted.
 *
 * @param loadGerman imports the module with the German dictionary
 */
export function defineTexts<T extends object>(
  english: T,
  loadGerman: () => Promise<{ readonly german: Translation<T> }>,
): Texts<T> {
  // A dictionary is a translation of itself; the compiler can't see that of a type that it doesn't know yet.
  const own = settle(Promise.resolve(english), english as unknown as Translation<T>);
  let loading: Promise<Translation<T>> | undefined;
  const startLoading = async (): Promise<Translation<T>> => {
    try {
      const { german } = await loadGerman();
      if (loading !== undefined) void settle(loading, german);
      return german;
    } catch (error) {
      // Another attempt may find the server there again.
      loading = undefined;
      throw error;
    }
  };
  return {
    load(language) {
      if (language === 'en') return own;
      loading ??= startLoading();
      return loading;
    },
  };
}

/** Notes on a promise what it came to, as React does: whoever uses it then need not wait. */
function settle<V>(promise: Promise<unknown>, value: V): Promise<V> {
  return Object.assign(promise as Promise<V>, { status: 'fulfilled', value });
}

/**
 * The texts of a part in the language of the pages; waits, as a component does, while they are loading.
 *
 * `use` is called whether they are there or not: React renders a component that waited once more, and has to meet it again.
 */
export function useTexts<T>(texts: Texts<T>): Translation<T> {
  return use(texts.load(useStore(languageStore)));
}
