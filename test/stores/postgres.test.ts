import { describe } from 'node:test';
import { testStores } from './suite/every-store.ts';
import { createPostgresStore } from './test-store.ts';

describe('PostgreSQL', () => testStores(createPostgresStore));
