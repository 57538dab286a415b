import { initialTables } from './001-initial-tables.ts';
import type { Migration } from './migration.ts';

/** Every migration, in the order in which they are applied. */
export const allMigrations: readonly Migration[] = [initialTables];
