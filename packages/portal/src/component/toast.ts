import { ApiError } from '../api/api-error.ts';
import { languageStore, localeOf } from '../i18n/language.ts';
import { createStore } from '../store/store.ts';
import { errorText } from './error-text.ts';
import { componentTexts } from './texts.ts';

/** Something that has happened, told in passing. */
export interface Toast {
  readonly id: number;
  readonly kind: 'success' | 'warning' | 'failure';
  readonly title?: string;
  readonly message: string;
  readonly requestId?: string | undefined;
}

/** Follows what is told at the moment. */
export const toastStore = createStore<readonly Toast[]>([]);

const maxShown = 4;
let lastId = 0;

/** Tells what has happened. */
export function toastSuccess(message: string): void {
  show({ kind: 'success', message });
}

/** Tells what the reader has to do by hand. */
export function toastWarning(message: string): void {
  show({ kind: 'warning', message });
}

/** Tells what failed, where no place on the page says so. */
export async function toastFailure(error: unknown): Promise<void> {
  const language = languageStore.get();
  const t = await componentTexts.load(language);
  show({
    kind: 'failure',
    title: t.errors.title,
    message: errorText(error, t, localeOf(language)),
    requestId: error instanceof ApiError ? error.requestId : undefined,
  });
}

function show(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  toastStore.set([...toastStore.get(), { ...toast, id: lastId }].slice(-maxShown));
}

/** Takes a toast away. */
export function dismissToast(id: number): void {
  toastStore.set(toastStore.get().filter((toast) => toast.id !== id));
}
