import { setTimeout as delay } from 'node:timers/promises';
import { createVerifier, followRevocations, type RevocationFollower, VerifyError } from '@keywright/verifier';
import type { VerifierMessage, VerifierReport, VerifierSetup } from './verifier-processes.ts';

// node key-rotation-verifier.ts: a resource server that verifies what it is sent, and again and again what it was sent.

/** How many tokens are held; the oldest go first. */
const mostHeld = 400;
const pauseMs = 5;

const held: string[] = [];
const kids: Record<string, number> = {};
const failures: Record<string, number> = {};
let verified = 0;
let turn = 0;
let verify: (token: string) => Promise<unknown>;
let steady: NodeJS.Timeout | undefined;
let underWay = 0;

function setUp({ issuer, keys, allowSharedSecret, intervalMs, speed, feed }: VerifierSetup): void {
  const environment = { monotonic: () => performance.now() * speed };
  const revocations: RevocationFollower | undefined =
    feed === undefined
      ? undefined
      : followRevocations({
          url: feed.url,
          authToken: () => feed.bearer,
          maxStalenessSeconds: 3600,
          whenStale: 'accept',
        });
  // Nothing is remembered: every verification is one of the signature.
  const options = {
    issuer,
    audience: issuer,
    keys,
    allowSharedSecret,
    revocations,
    environment,
    cache: false,
  } as const;
  const verifier = createVerifier(options);
  verify = (token) => verifier.verify(token);
  steady = setInterval(() => {
    const token = held[turn % held.length];
    turn += 1;
    if (token !== undefined) void count(token);
  }, intervalMs);
  void (revocations?.whenCurrent() ?? Promise.resolve()).then(() => process.send?.({ kind: 'ready' }));
}

async function count(token: string): Promise<void> {
  underWay += 1;
  try {
    await verify(token);
    verified += 1;
    const kid = kidOf(token);
    kids[kid] = (kids[kid] ?? 0) + 1;
  } catch (error) {
    const code = await refusalOf(Promise.reject(error));
    failures[code ?? ''] = (failures[code ?? ''] ?? 0) + 1;
  } finally {
    underWay -= 1;
  }
}

function kidOf(token: string): string {
  const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')) as { kid?: string };
  return header.kid ?? 'none';
}

function refusalOf(verification: Promise<unknown>): Promise<string | undefined> {
  return verification.then(
    () => undefined,
    (error: unknown) => (error instanceof VerifyError ? error.code : String(error)),
  );
}

/** Verifies all that is held again and again until nothing of it is accepted. */
async function tellWhenRefused(): Promise<void> {
  clearInterval(steady);
  for (;;) {
    const codes = await Promise.all(held.map((token) => refusalOf(verify(token))));
    if (!codes.includes(undefined)) {
      process.send?.({ kind: 'refused', at: Date.now(), codes: [...new Set(codes)] });
      return;
    }
    await delay(pauseMs);
  }
}

async function report(): Promise<void> {
  while (underWay > 0) await delay(pauseMs);
  const told: VerifierReport = { verified, kids, failures };
  process.send?.({ kind: 'report', report: told });
}

process.on('message', (message: VerifierMessage) => {
  if (message.kind === 'set up') setUp(message.setup);
  if (message.kind === 'report') void report();
  if (message.kind === 'tell when refused') void tellWhenRefused();
  if (message.kind !== 'token') return;
  held.push(message.token);
  if (held.length > mostHeld) held.shift();
  void count(message.token);
});
// It goes when the test goes, however that ends.
process.on('disconnect', () => process.exit());
