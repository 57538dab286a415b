import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { KeywrightServer } from '../support/keywright-process.ts';
import { inForm, printFigure } from './fault-form.ts';
import { isAcknowledged } from './outcomes.ts';
import { prepareScene, type Scene, signIn } from './scene.ts';
import { createChance, givenSeed } from './seeded-chance.ts';
import { startTraffic } from './traffic.ts';
import { sendHead, sendUpload, type Upload, type UploadOutcome } from './upload.ts';

const megabyte = 1024 * 1024;
/** Of a connection: what the server reads of a body that it has refused, and what lies in the buffers of both ends. */
const mostTakenBytes = 16 * megabyte;
const uploadBytes = 128 * megabyte;
const atOnce = 40;
const rounds = inForm({ short: 1, long: 25 });
const mostGrowthBytes = 50 * megabyte;
const weights = { create: 1, revoke: 0, rotate: 0, 'sign in': 0, refresh: 0, exchange: 50, read: 50 };

function postHead(...headers: string[]): string {
  return ['POST /api/v1/authenticate HTTP/1.1', 'Host: keywright.test', ...headers, '', ''].join('\r\n');
}

const json = 'Content-Type: application/json';
const declared: Upload = { head: postHead(json, `Content-Length: ${uploadBytes}`) };
const piece = Buffer.alloc(65_536, ' ');
const endless = { piece, mostBytes: uploadBytes };
const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);

/** What a sender may do, and what it is answered. */
const oversize: Readonly<Record<string, Upload & { readonly status: number }>> = {
  'a body whose length is declared': { ...declared, ...endless, status: 413 },
  'a body in chunks, without a length': {
    head: postHead(json, 'Transfer-Encoding: chunked'),
    piece: chunk,
    mostBytes: uploadBytes,
    status: 413,
  },
  'one chunk without an end': {
    head: `${postHead(json, 'Transfer-Encoding: chunked')}7fffffff\r\n`,
    ...endless,
    status: 413,
  },
  'a body for a path that is not there': {
    head: declared.head.replace('/api/v1/authenticate', '/api/v1/nowhere'),
    ...endless,
    status: 404,
  },
  'a body of another type': {
    head: postHead('Content-Type: text/plain', `Content-Length: ${uploadBytes}`),
    ...endless,
    status: 415,
  },
  'a header without an end': {
    head: 'GET /healthz HTTP/1.1\r\nHost: keywright.test\r\nX-Long: ',
    piece: Buffer.alloc(65_536, 'x'),
    mostBytes: uploadBytes,
    status: 431,
  },
  'headers without an end': {
    head: 'GET /healthz HTTP/1.1\r\nHost: keywright.test\r\n',
    piece: Buffer.from('X-One-More: of them\r\n'.repeat(1000)),
    mostBytes: uploadBytes,
    status: 431,
  },
  'a path without an end': { head: 'GET /', piece: Buffer.alloc(65_536, 'x'), mostBytes: uploadBytes, status: 431 },
};

/** A request that is just within the limit: what as many of these need at once is no growth. */
const largestBody = JSON.stringify({ application_token: 'unknown', padding: ' '.repeat(65_000) });
const largest: Upload = {
  head: postHead(json, `Content-Length: ${largestBody.length}`, 'Connection: close'),
  piece: Buffer.from(largestBody),
  mostBytes: 1,
};

/** A process takes its memory little by little: what it holds counts as usual once it has not grown for so many waves. */
const steadyWaves = inForm({ short: 60, long: 150 });
const mostWarmUpWaves = 3_000;
const steadyWithinBytes = 2 * megabyte;

test('a body over the limit is refused before any of it is sent', async (t) => {
  const { server } = await start(t);
  const expecting = declared.head.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n');
  for (const head of [declared.head, expecting]) {
    const { status, text } = await sendHead(server.url, head);
    assert.equal(status, 413, text);
    assert.match(text, /"error_code":1203/);
  }
});

// Linux tells in /proc how much memory another process has.
const skip = process.platform === 'linux' ? false : 'there is no /proc';

test('whatever is too large is refused, cut off and not kept in memory, while others are served', {
  skip,
}, async (t) => {
  const { scene, server } = await start(t);
  const bearer = await signIn(server.url, scene.writer);
  const { writer: account, journal } = scene;
  const chance = createChance(givenSeed);
  const traffic = startTraffic({ url: () => server.url, bearer, account, journal, chance, writers: 2, weights });
  const counts: Record<string, number> = {};
  const usual: number[] = [];
  const under: number[] = [];
  try {
    while (!isSteady(usual)) {
      assert.ok(usual.length < mostWarmUpWaves, 'what the server holds goes on growing under ordinary requests');
      for (const { status } of await sendAtOnce(server.url, largest)) assert.equal(status, 401);
      usual.push(residentBytes(server.pid));
    }
    usual.splice(0, usual.length - steadyWaves);
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, { status, ...request }] of Object.entries(oversize)) {
        for (const outcome of await sendAtOnce(server.url, request)) assertCutOff(name, status, outcome);
        counts[status] = (counts[status] ?? 0) + atOnce;
        under.push(residentBytes(server.pid));
      }
    }
  } finally {
    await traffic.stop();
  }
  const growth = medianOf(under) - medianOf(usual);
  const peakGrowth = Math.max(...under) - Math.max(...usual);
  assert.equal(traffic.outcomes.filter(isAcknowledged).length, traffic.outcomes.length);
  printFigure(t, {
    'at once': atOnce,
    ...Object.fromEntries(Object.entries(counts).map(([status, count]) => [`answers ${status}`, count])),
    'usual memory in MB': medianOf(usual) / megabyte,
    'growth in MB': growth / megabyte,
    'growth of the peak in MB': peakGrowth / megabyte,
    'requests of others': traffic.outcomes.length,
  });
  assert.ok(growth < mostGrowthBytes, `the server grew by ${growth} bytes`);
  assert.ok(peakGrowth < mostGrowthBytes, `the server grew by ${peakGrowth} bytes for a while`);
});

async function start(t: TestContext): Promise<{ scene: Scene; server: KeywrightServer }> {
  const scene = await prepareScene();
  t.after(() => scene.installation.remove());
  return { scene, server: await scene.installation.start() };
}

/** Whether the last waves found, in the middle, as much as those before them. */
function isSteady(resident: readonly number[]): boolean {
  if (resident.length < 2 * steadyWaves) return false;
  const before = medianOf(resident.slice(-2 * steadyWaves, -steadyWaves));
  return medianOf(resident.slice(-steadyWaves)) - before < steadyWithinBytes;
}

function assertCutOff(name: string, status: number, outcome: UploadOutcome): void {
  const what = `${name}: ${outcome.status} after ${outcome.sentBytes} bytes, ${outcome.text}`;
  // An answer may be lost where the connection is cut off while more comes in.
  assert.ok(outcome.status === status || outcome.text === '', what);
  assert.ok(outcome.sentBytes < mostTakenBytes, what);
}

function sendAtOnce(url: string, request: Upload): Promise<UploadOutcome[]> {
  return Promise.all(Array.from({ length: atOnce }, () => sendUpload(url, request)));
}

/** The memory that the process has (proc_pid_status(5), VmRSS). */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no VmRSS`);
  return Number(kilobytes) * 1024;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
