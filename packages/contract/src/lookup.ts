import { type Static, type TInteger, type TObject, type TString, Type } from 'typebox';

/** A lookup value as it stands inside resources and in the list beside them. */
export function lookupSchema(
  title: string,
  values: readonly Lookup[],
): TObject<{ id: TInteger; description: TString }> {
  return Type.Object(
    {
      id: Type.Integer({ description: values.map((value) => `${value.id} ${value.description}`).join(', ') }),
      description: Type.String(),
    },
    { title },
  );
}

/** A lookup value: what a number stands for. */
export interface Lookup {
  readonly id: number;
  readonly description: string;
}

/** How a request names a lookup value or a resource: `{ "id": 1 }`. */
export const ReferenceSchema = Type.Object({ id: Type.Integer() }, { title: 'Reference' });

export type Reference = Static<typeof ReferenceSchema>;

/** A point in time: ISO 8601 in UTC with milliseconds. */
export const TimestampSchema = Type.String({ format: 'date-time', examples: ['2020-02-20T10:00:00.000Z'] });
