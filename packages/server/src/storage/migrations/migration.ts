import type { DatabaseKind } from '../storage-session.ts';

/** One step of the schema. Once released it never changes, and it only adds: the version before must go on serving. */
export interface Migration {
  readonly name: string;
  /** The statements for one kind of database, which are run in one transaction. */
  readonly statements: (kind: DatabaseKind) => readonly string[];
}
