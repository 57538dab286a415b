import type { FastifyInstance } from 'fastify';
import { createCommonPasswords } from './common-passwords.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { RateLimits } from './config-parse.ts';
import { makeDataDir } from './data-dir.ts';
import { deleteOldEvents } from './domain/event-retention.ts';
import { checkpointEvents } from './domain/event-seal.ts';
import { announceExpiringTokens } from './domain/expiry-notice.ts';
import { createFailureRecorder } from './domain/failure-recorder.ts';
import { createHashQueue } from './domain/hash-queue.ts';
import { createKeyRing } from './domain/key-ring.ts';
import { rotateSigningKeyWhenDue } from './domain/key-rotation.ts';
import { createPasswordHasher } from './domain/password-hash.ts';
import type { Clock, Database, Log, Random } from './domain/ports.ts';
import { createRateLimiter, type RateLimiter } from './domain/rate-limit.ts';
import { deleteOldRevocations } from './domain/revocation-care.ts';
import { createRevocationFeed } from './domain/revocation-feed.ts';
import { createSecretBox, type SecretBox } from './domain/secret-box.ts';
import { createSerialQueue } from './domain/serial-queue.ts';
import type { AuthenticationMetrics, Limits, Service } from './domain/service.ts';
import { prepareSigningKeys } from './domain/signing-key.ts';
import { tidyStore } from './domain/store-care.ts';
import { createStreamPlaces, streamLimits } from './domain/stream-places.ts';
import { createUseRecorder } from './domain/use-recorder.ts';
import { noStore } from './existing-store.ts';
import type { HttpOptions } from './http/http-options.ts';
import { createMailCare } from './mail-care.ts';
import { createRecurringWork } from './recurring-work.ts';
import { openDatabase } from './storage/open-database.ts';
import { createSystemRandom, systemClock } from './system.ts';

const flushIntervalMs = 500;
const keyReloadIntervalMs = 2_000;
const keyCareIntervalMs = 10 * 60 * 1000;
/** Often enough for a mail to be on its way within a second of what it tells of. */
const mailIntervalMs = 250;
const noticeIntervalMs = 60_000;
const storeCareIntervalMs = 6 * 60 * 60 * 1000;
/** Soon, for servers that are restarted more often than that; not at once, when others start too. */
const firstStoreCareMs = 60_000;
const maxLimitedKeys = 200_000;
const maxWaitingPerAccount = 512;

/** What differs between production and tests, and between a server and a command. */
export interface ServiceOptions {
  readonly log: Log;
  readonly masterKey: Uint8Array;
  readonly metrics: AuthenticationMetrics;
  /** A server follows the configured signing algorithm and tends the store; a command leaves both as they are. */
  readonly role: 'server' | 'command';
  /** Whether a database in which there is no store is refused rather than made one; false where absent. */
  readonly mustExist?: boolean;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** The assembled service, and its end. */
export interface OpenService {
  readonly service: Service;
  /** Writes what was gathered: uses of tokens, events of failures. */
  flush(): Promise<void>;
  /** Hands over every mail that is due, as a server does by itself. */
  deliverMails(): Promise<void>;
  /** Writes everything that was gathered and closes the store. */
  close(): Promise<void>;
}

/**
 * Opens the store, brings it up to date, and assembles the service over it.
 *
 * @throws ConfigError where the master key is not the one that the store's secrets are encrypted under, or there is no store
 *   and there must be one
 */
export async function openService(config: Config, options: ServiceOptions): Promise<OpenService> {
  const { log, clock = systemClock, random = createSystemRandom() } = options;
  if ('file' in config.database) await makeDataDir(config.dataDir);
  const database = await openDatabase(
    'url' in config.database ? { ...config.database, poolSize: config.poolSize } : config.database,
    { log },
  );
  try {
    if (options.mustExist === true && (await database.isEmpty())) throw noStore(config);
    await database.migrate();
    const box = createSecretBox(options.masterKey, random);
    await checkMasterKey(database, box);
    await database.prepareEvents(clock.now());
    await prepareSigningKeys({ database, clock, random, box, log }, config.signingAlgorithm, {
      mayChangeAlgorithm: options.role === 'server',
    });
    if (options.role === 'server') await database.noteAuthTokenMinutes(config.authTokenMinutes);
    const keys = await createKeyRing({ store: database, box, clock, log });
    const service = assemble(config, { ...options, clock, random, database, box, keys });
    return tend(service, config, options.role);
  } catch (error) {
    await database.close();
    throw error;
  }
}

type Parts = Pick<Service, 'database' | 'box' | 'keys' | 'log' | 'metrics' | 'clock' | 'random'>;

function assemble(config: Config, parts: Parts): Service {
  const { database, clock, log } = parts;
  const hashQueue = createHashQueue({ concurrency: config.hashConcurrency, maxWaiting: config.hashQueue, clock });
  return {
    settings: {
      publicUrl: () => known(config.publicUrl),
      audience: () => known(config.audience),
      authTokenMinutes: config.authTokenMinutes,
      trustedDevices: config.trustedDevices,
      rotatesRefreshTokens: config.refreshRotation === 'on',
      sessionIdleDays: config.sessionIdleDays,
      signUp: config.signUp,
      acceptsSha1Passwords: config.sha1Passwords === 'allow',
      sendsMail: config.smtp !== undefined,
    },
    database,
    clock,
    log,
    random: parts.random,
    box: parts.box,
    keys: parts.keys,
    metrics: parts.metrics,
    hashQueue,
    commonPasswords: createCommonPasswords(),
    passwords: createPasswordHasher({ queue: hashQueue, random: parts.random }),
    signIns: createSerialQueue({ maxWaitingPerKey: maxWaitingPerAccount }),
    limits: createLimits(config.rateLimits, clock),
    uses: createUseRecorder({ database, clock }),
    failures: createFailureRecorder({ database, log }),
    revocations: createRevocationFeed({
      database,
      clock,
      log,
      // Whoever hears that everything is revoked asks for the keys: one that is out must not be among them any more.
      onEntries: async (entries) => {
        if (entries.some(({ ended }) => ended.kind === 'all')) await parts.keys.reload();
      },
    }),
    streams: createStreamPlaces(streamLimits),
  };
}

function known(value: string | undefined): string {
  if (value === undefined) throw new Error('the public URL is asked for before the port is known');
  return value;
}

function createLimits(limits: RateLimits, clock: Clock): Limits {
  const limiter = (limit: number, windowSeconds = 300): RateLimiter =>
    Number.isFinite(limit) ? createRateLimiter({ limit, windowSeconds, clock, maxKeys: maxLimitedKeys }) : unlimited;
  return {
    attempts: limiter(limits.attempts),
    failures: limiter(limits.failures),
    exchanges: limiter(limits.exchanges),
    calls: limiter(limits.calls),
    mailsPerName: limiter(limits.mails, 3600),
    // Many people may sit behind one address.
    mailsPerAddress: limiter(20 * limits.mails, 3600),
  };
}

const unlimited: RateLimiter = { check: () => 0, hit: () => 0, size: 0 };

const masterKeyCheck = 'master key check';

/** A wrong master key must not make new secrets beside the ones that it can't read. */
async function checkMasterKey(database: Database, box: SecretBox): Promise<void> {
  const kept = await database.insertServiceValue(masterKeyCheck, box.seal('keywright', masterKeyCheck));
  try {
    box.open(kept, masterKeyCheck);
  } catch (cause) {
    throw new ConfigError('The master key is not the one that this database was set up with: restore that one', {
      cause,
    });
  }
}

/** Lets a server write what it gathered and keep its store in order, as long as it lives. */
function tend(service: Service, config: Config, role: ServiceOptions['role']): OpenService {
  const mails = createMailCare(service, config);
  const timers: NodeJS.Timeout[] = [];
  const every = (intervalMs: number, what: string, work: () => Promise<unknown>): void => {
    const run = createRecurringWork(service, what, work);
    timers.push(setInterval(run, intervalMs).unref());
    if (intervalMs > firstStoreCareMs) timers.push(setTimeout(run, firstStoreCareMs).unref());
  };
  const flush = async (options = { all: false }): Promise<void> => {
    await Promise.all([service.failures.flush(), service.uses.flush(options)]);
  };
  if (role === 'server') {
    every(flushIntervalMs, 'Writing what was gathered', flush);
    every(keyReloadIntervalMs, 'Reading the signing keys', () => service.keys.reload());
    every(keyCareIntervalMs, 'Looking after the signing keys', () => tendKeys(service, config));
    every(mailIntervalMs, 'Handing mails over', mails.begin);
    every(noticeIntervalMs, 'Looking for tokens that expire', () => announceExpiringTokens(service));
    every(storeCareIntervalMs, 'Looking after the events', () => tendEvents(service, config.eventRetentionDays));
    every(storeCareIntervalMs, 'Removing what is of no use any more', () => tidyStore(service));
    every(storeCareIntervalMs, 'Removing old revocations', () => deleteOldRevocations(service));
  }
  return {
    service,
    flush: () => flush(),
    deliverMails: mails.deliverAll,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await mails.close();
      try {
        await flush({ all: true });
      } catch (error) {
        service.log.error({ err: error }, 'What was gathered could not be written at the end');
      }
      await service.database.close();
    },
  };
}

/** Rotates the signing key when it is time, and removes those whose last token has expired. */
async function tendKeys(service: Service, { keyRotationDays, signingAlgorithm }: Config): Promise<void> {
  if (keyRotationDays !== undefined) await rotateSigningKeyWhenDue(service, keyRotationDays);
  await prepareSigningKeys(service, signingAlgorithm, { mayChangeAlgorithm: false });
}

/** Makes place for the events to come, seals how far the chains have come, and deletes what is too old. */
async function tendEvents(service: Service, retentionDays: number | undefined): Promise<void> {
  await service.database.prepareEvents(service.clock.now());
  await checkpointEvents(service);
  if (retentionDays !== undefined) await deleteOldEvents(service, retentionDays);
}

/** Puts the HTTP side over the service; the caller lets it listen and closes it. */
export async function buildApp(service: Service, options: HttpOptions): Promise<FastifyInstance> {
  // Commands assemble the service without it, and need not wait for its modules.
  const { buildHttp } = await import('./http/server.ts');
  return buildHttp(service, options);
}
