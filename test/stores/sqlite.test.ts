import { describe } from 'node:test';
import { testStores } from './suite/every-store.ts';
import { createSqliteStore } from './test-store.ts';

describe('SQLite', () => testStores(createSqliteStore));
