import { type Static, Type } from 'typebox';

const problem = { error_code: Type.Integer(), error_token: Type.String(), message: Type.String() };

export const ErrorSchema = Type.Object(
  {
    ...problem,
    errors: Type.Optional(
      Type.Array(Type.Object(problem, { title: 'Problem' }), {
        description: 'Everything that is wrong with the input',
      }),
    ),
    request_id: Type.String({ description: 'The same as the X-Request-Id header' }),
  },
  { title: 'Error' },
);

/** The body of every answer that is an error. */
export type ErrorBody = Static<typeof ErrorSchema>;
