import { Type } from 'typebox';

/** The parameter of a path that names a user. */
export const userReference = Type.String({
  description: '`my` for yourself, or the id or username of a user whom you see',
  examples: ['my'],
});
