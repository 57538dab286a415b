import type { Language } from '../domain/mail-port.ts';

const maxLength = 512;

/** The one of our languages that an Accept-Language header likes best (RFC 9110 §12.5.4); English where none. */
export function preferredLanguage(header: string | undefined): Language {
  let best: { readonly language: Language; readonly weight: number } = { language: 'en', weight: 0 };
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
