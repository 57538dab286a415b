import type { Language } from '../domain/mail-port.ts';

const maxLength = 512;

/** The one of our languages that an Accept-Language header likes best (RFC 9110 §12.5.4); undefined where it names none. */
export function preferredLanguage(header: string | undefined): Language | undefined {
  let best: { readonly language: Language | undefined; readonly weight: number } = { language: undefined, weight: 0 };
  for (const range of (header ?? '').slice(0, maxLength).split(',')) {
    const [, tag = '', weight = '1'] =
      /^\s*([a-z]{2})(?:-[a-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(range) ?? [];
    const language = tag.toLowerCase();
    if ((language === 'en' || language === 'de') && Number(weight) > best.weight) {
      best = { language, weight: Number(weight) };
    }
  }
  return best.language;
}
