import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

function capture(level: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info') {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

test('an entry is one JSON line with its level and the time in UTC', () => {
  const { log, lines, last } = capture();
  log.warn({ user_id: 7 }, 'a name with\r\n{"level":"error"} in it');
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.indexOf('\n'), (lines[0]?.length ?? 0) - 1);
  const { time, pid, ...rest } = last();
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(pid, process.pid);
  assert.deepEqual(rest, {
    level: 'warn',
    name: 'keywright',
    user_id: 7,
    msg: 'a name with\r\n{"level":"error"} in it',
  });
});

test('no separator of lines or paragraphs makes a second line', () => {
  const { log, lines, last } = capture();
  log.info({ note: 'a\u2029b' }, 'a\u2028b');
  assert.doesNotMatch(lines[0] ?? '', /[\u2028\u2029]/);
  assert.deepEqual([last().msg, last().note], ['a\u2028b', 'a\u2029b']);
});

test('secrets are taken out by the names of their fields, however deep', () => {
  const { log, lines } = capture();
  const marked = 'MARKED-SECRET';
  for (const name of [
    'password',
    'new_password',
    'auth_token',
    'refresh_token',
    'application_token',
    'token',
    'Authorization',
    'cookie',
    'set-cookie',
    'code',
    'client_secret',
    'secret_key',
    'setup_key',
    'activationKey',
    'master_key',
  ]) {
    log.info({ [name]: marked, nested: { list: [{ [name]: marked }] } }, 'said');
  }
  assert.equal(lines.length, 15);
  assert.equal(lines.join('').includes(marked), false);
});

test('secrets are taken out by their look, wherever they stand', () => {
  const { log, lines } = capture();
  const secret = `kwt_${'0aZ9'.repeat(10)}abc123xyz`;
  const jwt = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyOjQyIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ';
  log.info({ note: `a ${secret} in a sentence` }, `and ${jwt} in the message`);
  log.error({ err: new Error(`refused ${secret}`), url: '/setup?setup_key=MARKED-KEY&x=1' }, 'failed');
  const text = lines.join('');
  for (const marked of [secret, secret.slice(8, 30), jwt, jwt.slice(40), 'MARKED-KEY']) {
    assert.equal(text.includes(marked), false, marked);
  }
  assert.match(text, /setup_key=\[redacted\]&x=1/);
  for (const line of lines) JSON.parse(line);
});

test('what is no secret stays', () => {
  const { log, last } = capture();
  log.info({ error_token: 'InvalidToken', application_token_id: 7, kid: 'k1', error_code: 1102 }, 'refused');
  const { error_token, application_token_id, kid, error_code } = last();
  assert.deepEqual([error_token, application_token_id, kid, error_code], ['InvalidToken', 7, 'k1', 1102]);
});

test('a cycle in the fields ends, and logs something', () => {
  const { log, lines } = capture();
  const cycle: Record<string, unknown> = { password: 'MARKED-SECRET' };
  cycle['self'] = cycle;
  log.info(cycle, 'round');
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.includes('MARKED-SECRET'), false);
});

test('entries below the level are left out', () => {
  const { log, lines } = capture('warn');
  log.info({}, 'no');
  log.warn({}, 'yes');
  assert.equal(lines.length, 1);
});
