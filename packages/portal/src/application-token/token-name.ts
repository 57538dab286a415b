import type { ApplicationTokenResource } from '@keywright/contract';
import type { Translation } from '../i18n/texts.ts';
import type { tokenEnglish } from './texts-english.ts';

/** What a token is called where it is spoken of: its description, or its number where it has none. */
export function tokenName(
  { description, id }: Pick<ApplicationTokenResource, 'description' | 'id'>,
  t: Translation<typeof tokenEnglish>,
): string {
  const [firstLine = ''] = (description ?? '').trim().split('\n');
  return firstLine === '' ? t.untitled(id) : firstLine;
}
