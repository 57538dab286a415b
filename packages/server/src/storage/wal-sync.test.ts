import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createWalSync } from './wal-sync.ts';

/** A log whose syncs end when the test says so. */
async function withLog(
  work: (log: {
    readonly wal: ReturnType<typeof createWalSync>;
    readonly started: PromiseWithResolvers<void>[];
    readonly failures: Error[];
  }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-wal-sync-'));
  const file = path.join(folder, 'keywright.db');
  writeFileSync(`${file}-wal`, '');
  const started: PromiseWithResolvers<void>[] = [];
  const failures: Error[] = [];
  const syncFile = (): Promise<void> => {
    const turn = Promise.withResolvers<void>();
    started.push(turn);
    return turn.promise;
  };
  const wal = createWalSync(file, { syncFile, onFailure: (error) => void failures.push(error) });
  try {
    await work({ wal, started, failures });
    await wal.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const maxTurns = 100_000;

/** Waits until a file has been opened and what follows has happened. */
async function untilStarted(started: readonly unknown[], count: number): Promise<void> {
  for (let turn = 0; started.length < count; turn += 1) {
    assert.ok(turn < maxTurns, `sync ${count} never began`);
    await nextTurn();
  }
}

test('a commit is acknowledged only after a sync that began after it', async () => {
  await withLog(async ({ wal, started }) => {
    const first = wal.sync();
    await untilStarted(started, 1);
    let isAcknowledged = false;
    const second = wal.sync().then(() => {
      isAcknowledged = true;
    });
    started[0]?.resolve();
    await first;
    await untilStarted(started, 2);
    assert.equal(isAcknowledged, false);
    started[1]?.resolve();
    await second;
  });
});

test('commits that come while the disk is busy share one sync', async () => {
  await withLog(async ({ wal, started }) => {
    const first = wal.sync();
    await untilStarted(started, 1);
    const others = [wal.sync(), wal.sync(), wal.sync()];
    started[0]?.resolve();
    await first;
    await untilStarted(started, 2);
    started[1]?.resolve();
    await Promise.all(others);
    assert.equal(started.length, 2);
    const later = wal.sync();
    await untilStarted(started, 3);
    started[2]?.resolve();
    await later;
  });
});

test('after a sync has failed no commit is acknowledged any more, which is told once', async () => {
  await withLog(async ({ wal, started, failures }) => {
    assert.deepEqual(failures, []);
    const first = wal.sync();
    await untilStarted(started, 1);
    const second = wal.sync();
    started[0]?.reject(new Error('EIO'));
    await assert.rejects(first, /EIO/);
    await assert.rejects(second, /EIO/);
    await assert.rejects(wal.sync(), /EIO/);
    assert.equal(started.length, 1);
    assert.equal(wal.failure?.message, 'EIO');
    assert.deepEqual(failures, [wal.failure]);
  });
});
