import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { test } from 'node:test';
import { hashSync as argon2 } from '@node-rs/argon2';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { isForeignHash, keepForeignHash, verifyForeignHash } from './foreign-hash.ts';

const password = 'correct horse battery stäple';
const salt = Buffer.alloc(16, 7);
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
const scrypted = `$scrypt$ln=10,r=8,p=1$${unpadded(salt)}$${unpadded(scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }))}`;
const cheap = { memoryCost: 256, timeCost: 1, parallelism: 1 };

const kept: Readonly<Record<string, string>> = {
  bcrypt: bcrypt(password, 4),
  'bcrypt as PHP writes it': bcrypt(password, 4).replace('$2b$', '$2y$'),
  scrypt: scrypted,
  argon2id: argon2(password, cheap),
  argon2i: argon2(password, { ...cheap, algorithm: 1 }),
};

for (const [name, hash] of Object.entries(kept)) {
  test(`a hash by ${name} is kept, and matches its password alone`, async () => {
    const stored = keepForeignHash(hash);
    assert.ok(stored);
    assert.ok(isForeignHash(stored));
    assert.equal(isForeignHash(hash), false);
    assert.equal(await verifyForeignHash(stored, password), true);
    assert.equal(await verifyForeignHash(stored, `${password}x`), false);
    assert.equal(await verifyForeignHash(stored, password.slice(0, -1)), false);
  });
}

const refused: Readonly<Record<string, string>> = {
  'an unknown form': '$1$salt$hash',
  'an MD5': '5f4dcc3b5aa765d61d8327deb882cf99',
  'no hash at all': 'secret',
  'bcrypt that would take hours': `$2b$31$${bcrypt(password, 4).slice(7)}`,
  'scrypt that would take all the memory': scrypted.replace('ln=10', 'ln=30'),
  'scrypt of no cost': scrypted.replace('ln=10', 'ln=0'),
  'Argon2 that would take all the memory': argon2(password, cheap).replace('m=256', 'm=4194304'),
  'a cut-off bcrypt hash': bcrypt(password, 4).slice(0, -1),
};

for (const [name, hash] of Object.entries(refused)) {
  test(`${name} is not kept`, () => {
    assert.equal(keepForeignHash(hash), undefined);
  });
}
