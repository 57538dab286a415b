/** What a field of a collection holds, which decides how it is filtered on; a reference by an id, or as the text of a name. */
export interface CollectionField {
  readonly kind: 'number' | 'lookup' | 'text' | 'reference' | 'time' | 'boolean';
  readonly sortable?: boolean;
  /** True where absent. */
  readonly filterable?: boolean;
}

/** The fields of a collection that can be filtered on, by their names on the wire. */
export type CollectionFields = Readonly<Record<string, CollectionField>>;
