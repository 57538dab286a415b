import { randomBytes } from 'node:crypto';
import type { KeywrightSettings } from '../support/keywright-process.ts';
import { type PostgresServer, startOwnPostgres } from '../support/postgres.ts';
import { prepareScene, type Scene } from './scene.ts';

/** A scene on a PostgreSQL of its own, which the test may stop and crash. */
export interface PostgresScene extends Scene {
  readonly postgres: PostgresServer;
  /** What the installation was made with, so that others can be made on the same database. */
  readonly settings: KeywrightSettings;
  /** Ends both servers and removes their files. */
  remove(): Promise<void>;
}

/** The database is durable: what it says is committed outlives a crash. */
export async function preparePostgresScene(given: KeywrightSettings = {}): Promise<PostgresScene> {
  const postgres = await startOwnPostgres();
  const settings = {
    KEYWRIGHT_DATABASE_URL: postgres.url,
    KEYWRIGHT_MASTER_KEY: randomBytes(32).toString('base64'),
    ...given,
  };
  try {
    const scene = await prepareScene(settings);
    return {
      ...scene,
      postgres,
      settings,
      async remove() {
        await scene.installation.remove();
        await postgres.destroy();
      },
    };
  } catch (error) {
    await postgres.destroy();
    throw error;
  }
}
