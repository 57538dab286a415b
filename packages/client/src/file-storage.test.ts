import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createFileStorage } from './file-storage.ts';
import { ClientError, createClient } from './index.ts';

describe('a file that tokens are kept in', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'keywright-client-'));
  });
  after(() => rm(folder, { recursive: true }));

  const failed = (file: string) => (error: unknown) =>
    error instanceof ClientError && error.code === 'StorageFailed' && error.message.startsWith(file);

  test('holds nothing before the first time, and then what was written last', async () => {
    const storage = createFileStorage(path.join(folder, 'new', 'tokens'));
    assert.equal(await storage.read(), undefined);
    for (const text of ['one', 'two', '']) {
      await storage.write(text);
      assert.equal(await storage.read(), text);
    }
  });

  test('is for its owner alone, whatever the umask, and whatever it was before', async () => {
    const file = path.join(folder, 'modes');
    const umask = process.umask(0);
    try {
      await createFileStorage(file).write('secret');
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      await chmod(file, 0o666);
      await createFileStorage(file).write('secret');
      assert.equal((await stat(file)).mode & 0o777, 0o600);
    } finally {
      process.umask(umask);
    }
  });

  test('is not trusted where others may read it', async () => {
    const file = path.join(folder, 'shared');
    await writeFile(file, 'secret', { mode: 0o640 });
    await chmod(file, 0o640);
    await assert.rejects(async () => createFileStorage(file).read(), failed(file));
  });

  test('is replaced as a whole: readers find one text or the other, and nothing is left beside it', async () => {
    const file = path.join(folder, 'whole');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
    const storage = createFileStorage(file);
    await storage.write(texts[0] ?? '');
    const writers = texts.map((text) => createFileStorage(file).write(text));
    let isDone = false;
    const done = Promise.all(writers).finally(() => {
      isDone = true;
    });
    while (!isDone) assert.ok(texts.includes((await storage.read()) ?? ''));
    await done;
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('whole')),
      ['whole'],
    );
  });

  test('says what can’t be done with it, and leaves nothing behind', async () => {
    const file = path.join(folder, 'taken');
    await mkdir(file);
    const storage = createFileStorage(file);
    await assert.rejects(async () => storage.write('secret'), failed(file));
    await assert.rejects(async () => storage.read(), failed(file));
    assert.deepEqual(await readdir(file), []);
    assert.ok((await readdir(folder)).every((name) => !name.startsWith('.taken')));
  });

  test('is not overwritten where it holds something else', async () => {
    const file = path.join(folder, 'settings.json');
    await writeFile(file, '{"colour": "green"}', { mode: 0o600 });
    const client = createClient({
      baseUrl: 'https://auth.example.com',
      applicationToken: 'kwt_x',
      storage: createFileStorage(file),
      environment: { fetch: () => assert.fail('asked for a token that could not be kept') },
    });
    await assert.rejects(client.authToken(), { code: 'StorageFailed' });
    assert.equal(await createFileStorage(file).read(), '{"colour": "green"}');
  });
});
