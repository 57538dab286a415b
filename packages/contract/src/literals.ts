import { Type } from 'typebox';

/** The schema of one of these texts. */
export const literals = <const Value extends string>(values: readonly Value[]) =>
  Type.Unsafe<Value>(Type.Union(values.map((value) => Type.Literal(value))));
