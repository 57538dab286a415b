import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { isStale } from '../../packages/portal/build/build-portal.ts';

test('the portal is built where a source changed after it, also deep in a folder or by going away, and not otherwise', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-build-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string, seconds: number): string => {
    const file = path.join(folder, name);
    utimesSync(file, seconds, seconds);
    return file;
  };
  mkdirSync(path.join(folder, 'src/deep'), { recursive: true });
  for (const name of ['page', 'config', 'src/one', 'src/deep/two']) writeFileSync(path.join(folder, name), '');
  const config = at('config', 100);
  for (const name of ['src/one', 'src/deep/two', 'src/deep', 'src']) at(name, 100);
  const sources = [config, path.join(folder, 'src')];
  const page = at('page', 200);
  assert.equal(await isStale(page, sources), false);
  assert.equal(await isStale(path.join(folder, 'no page'), sources), true);
  for (const name of ['config', 'src/deep/two', 'src/deep']) {
    at(name, 201);
    assert.equal(await isStale(page, sources), true, name);
    at(name, 100);
  }
  rmSync(path.join(folder, 'src/deep/two'));
  assert.equal(await isStale(page, sources), true, 'what was taken out changes the folder');
});
