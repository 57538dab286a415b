import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, readConfig } from '../config.ts';
import { adviseOnStart } from './start-advice.ts';

const postgres = {
  KEYWRIGHT_DATABASE_URL: 'postgres://127.0.0.1/keywright',
  KEYWRIGHT_MASTER_KEY: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=',
};

function advise(env: Environment): string[] {
  return adviseOnStart(env, readConfig(env));
}

test('where clients reach the service is asked for on PostgreSQL and off loopback, and not on this machine alone', () => {
  const set = { KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com', KEYWRIGHT_SIGNUP: 'invite' };
  const quiet: Environment[] = [{}, { ...set, ...postgres }, { ...set, KEYWRIGHT_HOST: '0.0.0.0' }];
  for (const env of quiet) assert.deepEqual(advise(env), [], JSON.stringify(env));
  const of = 'KEYWRIGHT_PUBLIC_URL is not set, so tokens and links name';
  const advice = 'set it to where clients reach the service';
  assert.deepEqual(advise(postgres), [
    `${of} http://127.0.0.1:8080, and instances that call themselves otherwise refuse the tokens of this one: ${advice}`,
  ]);
  assert.deepEqual(advise({ KEYWRIGHT_HOST: '192.0.2.1' }), [`${of} http://192.0.2.1:8080: ${advice}`]);
  assert.deepEqual(advise({ KEYWRIGHT_HOST: '::' }), [`${of} http://[::]:8080, which no client can reach: ${advice}`]);
});

test('behind a proxy it is said that whoever reaches the service can sign up, unless that was chosen', () => {
  const proxied = { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1', KEYWRIGHT_PUBLIC_URL: 'https://auth.example.com' };
  assert.match(advise(proxied).join(), /^KEYWRIGHT_SIGNUP is not set, so whoever reaches the service can make/);
  assert.deepEqual(advise({ ...proxied, KEYWRIGHT_SIGNUP: 'open' }), []);
});

test('a database on another machine is to be spoken to by TLS, unless it is said otherwise', () => {
  const of = (url: string) =>
    advise({ ...postgres, KEYWRIGHT_DATABASE_URL: url, KEYWRIGHT_PUBLIC_URL: 'http://localhost' });
  const exposed = ['postgres://me:hunter2@db.example:5432/keywright', 'postgres:///keywright?host=192.0.2.1'];
  for (const url of exposed) {
    const [line = '', ...others] = of(url);
    assert.match(line, /^KEYWRIGHT_DATABASE_URL names (db\.example|192\.0\.2\.1) without sslmode, /);
    assert.doesNotMatch(line, /hunter2/);
    assert.deepEqual(others, []);
  }
  for (const url of [
    'postgres://localhost/keywright',
    'postgres://[::1]/keywright',
    'postgres://%2Fvar%2Frun%2Fpostgresql/keywright',
    'postgres:///keywright?host=/var/run/postgresql',
    'postgres://db.example/keywright?sslmode=verify-full',
    'postgres://db.example/keywright?sslmode=disable',
  ]) {
    assert.deepEqual(of(url), [], url);
  }
});
