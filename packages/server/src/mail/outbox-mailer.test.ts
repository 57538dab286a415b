import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { modeOf } from '../../../../test/support/received-mail.ts';
import { sampleMail } from '../../../../test/support/sample-mail.ts';
import { makeFolder } from '../data-dir.ts';
import { DeliveryError } from '../domain/mail-port.ts';
import { createOutboxMailer } from './outbox-mailer.ts';

const origin = () => ({
  sender: { name: 'Keywright', address: 'no-reply@example.com' },
  serviceUrl: 'https://auth.example.com',
});

async function createFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keywright-outbox-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a mail becomes one file that only its owner can read, in a folder that only its owner can open', async (t) => {
  const folder = path.join(await createFolder(t), 'outbox');
  const mailer = createOutboxMailer({ folder, makeFolder, origin });
  await mailer.deliver(sampleMail());
  const names = await readdir(folder);
  assert.deepEqual(names, ['20270310T120000.000Z-000007-activation.eml']);
  assert.equal(await modeOf(folder), 0o700);
  assert.equal(await modeOf(path.join(folder, names[0] ?? '')), 0o600);
});

test('a mail that is delivered again is the same file again', async (t) => {
  const folder = await createFolder(t);
  const mailer = createOutboxMailer({ folder, makeFolder, origin });
  await mailer.deliver(sampleMail());
  await mailer.deliver(sampleMail());
  await mailer.deliver(sampleMail({ id: 8 }));
  assert.equal((await readdir(folder)).length, 2);
});

test('what a killed process left behind is replaced, and lends the mail none of its rights', async (t) => {
  const folder = await createFolder(t);
  const name = '20270310T120000.000Z-000007-activation.eml';
  const unfinished = path.join(folder, `.${name}.unfinished`);
  await writeFile(unfinished, 'half a mai');
  await chmod(unfinished, 0o666);
  await createOutboxMailer({ folder, makeFolder, origin }).deliver(sampleMail());
  assert.deepEqual(await readdir(folder), [name]);
  assert.equal(await modeOf(path.join(folder, name)), 0o600);
  assert.match(await readFile(path.join(folder, name), 'utf8'), /^From: /m);
});

test('an outbox that cannot be written fails the delivery, not for good, and says why', async (t) => {
  const file = path.join(await createFolder(t), 'not-a-folder');
  await writeFile(file, '');
  await assert.rejects(createOutboxMailer({ folder: file, makeFolder, origin }).deliver(sampleMail()), (error) => {
    assert.ok(error instanceof DeliveryError);
    assert.equal(error.isPermanent, false);
    assert.match(error.message, /: E[A-Z]+$/);
    return true;
  });
});
