/** The content codings that we have anything in. */
const codings = ['br', 'gzip', 'identity'] as const;

const maxLength = 512;

/**
 * Which of our content codings a client takes, as its Accept-Encoding says (RFC 9110 §12.5.3).
 *
 * @param header undefined where there is none: then nothing is compressed, since many who send none can't unpack it
 */
export function acceptedEncodings(header: string | undefined): ReadonlySet<(typeof codings)[number]> {
  const weights = new Map<string, number>();
  for (const part of (header ?? 'identity').slice(0, maxLength).split(',')) {
    const [, coding = '', weight = '1'] = /^\s*([\w*-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(part) ?? [];
    if (coding !== '') weights.set(coding.toLowerCase(), Number(weight));
  }
  const weightOf = (coding: string): number =>
    weights.get(coding) ?? weights.get('*') ?? (coding === 'identity' ? 1 : 0);
  return new Set(codings.filter((coding) => weightOf(coding) > 0));
}
