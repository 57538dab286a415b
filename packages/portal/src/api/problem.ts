import type { ErrorBody } from '@keywright/contract';

type Problem = NonNullable<ErrorBody['errors']>[number];

/** A problem with the input, and the field that it is about. */
export interface FieldProblem {
  /** Undefined where it is about none of the form's fields. */
  readonly field: string | undefined;
  readonly token: string;
  /** What the server says after the property's name: `must have at least 8 characters`. */
  readonly expectation: string;
}

/** Finds the field that a problem is about: messages begin with the property, after the resource where they name that. */
export function readProblem({ message, error_token: token }: Problem, fields: readonly string[]): FieldProblem {
  const text = message.replace(/^[^-]{1,40} - /, '');
  const field = fields.find((name) => new RegExp(`^${escapePattern(name)}(?:[.][\\w.]+)?[ :]`).test(text));
  const expectation = field === undefined ? text : text.slice(text.indexOf(' ') + 1);
  return { field, token, expectation: expectation.replace(/^- /, '').replace(/[.]$/, '') };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
