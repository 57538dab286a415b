import { type Static, Type } from 'typebox';
import { TimestampSchema } from './lookup.ts';

const until = Type.String({
  format: 'date-time',
  description: 'When the last token that it can concern has expired: it may be forgotten then',
});
const below = Type.Integer({ description: 'Refuse those whose `ver` is lower' });

/** What ends auth tokens before their time. */
export const RevocationSchema = Type.Union(
  [
    Type.Object({ sub: Type.String({ description: 'Tokens of this subject', examples: ['user:42'] }), below, until }),
    Type.Object({ sid: Type.Integer({ description: 'Tokens of this session' }), below, until }),
    Type.Object({
      org: Type.Integer({ description: 'Tokens for this organisation that were issued before a time' }),
      issued_before: TimestampSchema,
      until,
    }),
    Type.Object({
      all: Type.Literal(true, { description: 'All tokens that were issued before a time' }),
      issued_before: TimestampSchema,
      until,
    }),
  ],
  { title: 'Revocation' },
);

/** An entry of the revocation feed, as it is sent. */
export type RevocationEntry = Static<typeof RevocationSchema>;
