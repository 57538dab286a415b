import assert from 'node:assert/strict';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { type PublishedPackage, publishedPackages } from '../../scripts/pack-packages.ts';
import { endCommand, runCommandLine, startServing } from '../support/command-line.ts';
import { link, type PackedPackages, packForTest, root, run } from '../support/packed-packages.ts';
import type { TestClock } from '../support/test-clock.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** The oldest Node that the packages without dependencies are for, where there is one; the tests themselves need a newer. */
const node22 = process.env['KEYWRIGHT_TEST_NODE_22'];

/** The program that looks at packages as compilers do. */
const attw = fileURLToPath(new URL('dist/index.js', import.meta.resolve('@arethetypeswrong/cli/package.json')));

/** What a published package holds, beside its own files. */
const commonFiles = ['LICENSE', 'README.md', 'dist', 'package.json'];
const ownFiles: Readonly<Partial<Record<PublishedPackage, readonly string[]>>> = {
  server: ['bin', 'common-passwords', 'portal'],
  testing: ['bin'],
};
const withoutDependencies: readonly PublishedPackage[] = ['verifier', 'client'];

/** How programs find modules and types. */
const consumers = {
  'node16 for Node': { module: 'node16', moduleResolution: 'node16', types: ['node'], lib: ['es2024'] },
  'a bundler for Node': { module: 'esnext', moduleResolution: 'bundler', types: ['node'], lib: ['es2024'] },
  'a bundler for browsers': { module: 'esnext', moduleResolution: 'bundler', types: [], lib: ['es2024', 'dom'] },
} as const;

/** The machine's clock, which programs that run by themselves go by too. */
const timeOfDay: TestClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  advance: () => {
    throw new Error('no test turns this clock');
  },
};

describe('the packages as they are published', () => {
  let packed: PackedPackages;
  let server: TestServer;
  let secrets: Readonly<Record<string, string>>;

  before(async () => {
    packed = await packForTest();
    // The examples verify its tokens, by its public keys and the time of day.
    server = await startTestServer({ env: { KEYWRIGHT_SIGNING_ALGORITHM: 'ES256' }, clock: timeOfDay });
    const organisationId = (await server.addOrganisation('Acme')).id;
    await server.addUser({ username: 'user@example.com', organisationId });
    const { auth_token } = await server.signIn('user@example.com');
    const { application_token } = await server.createToken(auth_token, { description: 'for an example' });
    secrets = { KEYWRIGHT_URL: server.url, KEYWRIGHT_APPLICATION_TOKEN: application_token };
  });
  after(async () => {
    await server.close();
    await packed.remove();
  });

  const examplesOf = async (name: PublishedPackage): Promise<string[]> => {
    const readme = await readFile(path.join(packed.get(name).folder, 'README.md'), 'utf8');
    return [...readme.matchAll(/```ts\n([^`]+(?:`[^`]+)*?)```/g)].map(([, code = '']) => code);
  };

  for (const name of publishedPackages) {
    test(`${name} holds what it needs and nothing else, under one version`, async () => {
      const { folder, tarball } = packed.get(name);
      const { stdout } = await run('tar', ['-tzf', tarball]);
      const files = stdout.trim().split('\n');
      const top = new Set(files.map((file) => file.split('/')[1] ?? ''));
      assert.deepEqual([...top].sort(), [...commonFiles, ...(ownFiles[name] ?? [])].sort());
      assert.deepEqual(
        files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file)),
        [],
      );
      const manifest = await packed.manifestOf(name);
      const { version } = JSON.parse(await readFile(path.join(root, 'packages/server/package.json'), 'utf8'));
      assert.deepEqual([manifest.private, manifest.version, manifest.devDependencies], [undefined, version, undefined]);
      for (const [dependency, wanted] of Object.entries(manifest.dependencies ?? {})) {
        if (dependency.startsWith('@keywright/')) assert.equal(wanted, version);
      }
      assert.ok((await readFile(path.join(folder, 'README.md'), 'utf8')).startsWith(`# @keywright/${name}\n`));
    });

    test(`${name} is what publint and attw ask for`, async () => {
      const { tarball } = packed.get(name);
      const unpacked = await readFile(tarball);
      const { messages } = await publint({ pack: { tarball: new Uint8Array(unpacked).buffer }, strict: true });
      assert.deepEqual(messages, []);
      await run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--format', 'json']);
    });
  }

  for (const name of withoutDependencies) {
    test(`${name} is installed by npm without a registry, since it needs nothing else`, async () => {
      const folder = await packed.makeFolder();
      await run('npm', ['install', '--offline', '--no-audit', '--no-fund', packed.get(name).tarball], { cwd: folder });
      assert.deepEqual(await readdir(path.join(folder, 'node_modules/@keywright')), [name]);
      const { engines, dependencies } = await packed.manifestOf(name);
      assert.deepEqual([engines, dependencies], [{ node: '>=22' }, undefined]);
    });
  }

  for (const [how, options] of Object.entries(consumers)) {
    test(`their types, and the examples of their READMEs, are right with ${how}`, async () => {
      const isForNode = options.types.length > 0;
      const names = isForNode ? publishedPackages : (['client'] as const);
      const folder = await packed.install(names);
      if (isForNode) await link('server', '@types/node', folder);
      for (const name of names) {
        const examples = (await examplesOf(name)).filter((code) => isForNode || !/node:|file-storage/.test(code));
        const entry = (await packed.manifestOf(name)).exports?.['.'];
        const whole = entry === undefined ? '' : `export * from '@keywright/${name}';\n`;
        await writeFile(path.join(folder, `${name}.ts`), `${whole}export {};\n`);
        for (const [index, code] of examples.entries()) {
          const given = isForNode
            ? code
            : `declare const process: { env: Record<string, string | undefined> };\n${code}`;
          await writeFile(path.join(folder, `${name}-${index}.ts`), `${given}\nexport {};\n`);
        }
      }
      const compilerOptions = {
        ...options,
        target: 'es2024',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        // What a package declares must be right by itself.
        skipLibCheck: false,
      };
      await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      await run(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
    });
  }

  // The server's has commands for a shell, which are tested below.
  for (const name of publishedPackages.filter((each) => each !== 'server')) {
    test(`the first example in the README of ${name} runs`, async () => {
      const [example] = await examplesOf(name);
      assert.ok(example);
      const folder = await packed.install(publishedPackages);
      await writeFile(path.join(folder, 'example.ts'), example);
      const { PATH = '' } = process.env;
      const { stderr } = await run(process.execPath, ['example.ts'], { cwd: folder, env: { PATH, ...secrets } });
      assert.equal(stderr, '');
    });
  }

  if (node22 !== undefined) {
    for (const name of withoutDependencies) {
      test(`the example of ${name} runs on Node 22`, async () => {
        const [example = ''] = await examplesOf(name);
        const folder = await packed.install([name]);
        // As JavaScript, which it has to be as well: the first releases of Node 22 strip no types.
        await writeFile(path.join(folder, 'example.js'), example);
        await run(node22, ['example.js'], { cwd: folder, env: secrets });
      });
    }
  }

  test('the client loads nothing of Node’s, but for the storage of files', async () => {
    const dist = path.join(packed.get('client').folder, 'dist');
    const loaded = new Set(['index.js']);
    for (const file of loaded) {
      const code = await readFile(path.join(dist, file), 'utf8');
      for (const [, target = ''] of code.matchAll(/(?:from |import\(?)\s*['"]([^'"]+)['"]/g)) {
        assert.match(target, /^\.\//, `${file} loads ${target}`);
        loaded.add(path.join(path.dirname(file), target));
      }
    }
    assert.ok(loaded.size > 15 && !loaded.has('file-storage.js'));
  });

  describe('the server', () => {
    let folder: string;
    let bin: string;
    before(async () => {
      folder = await packed.install(['contract', 'verifier', 'server']);
      const installed = path.join(folder, 'node_modules/@keywright/server');
      bin = path.join(installed, (await packed.manifestOf('server')).bin?.['keywright'] ?? '');
      await access(bin);
    });

    test('has the command keywright', async () => {
      const { code, out, err } = await runCommandLine(['--help'], { bin });
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /serve\s+Run the service/);
    });

    test('is of the version of its package, wherever it says so', async () => {
      const { version } = await packed.manifestOf('server');
      const { out } = await runCommandLine(['--version'], { bin });
      assert.equal(out, `keywright ${version} on Node.js ${process.versions.node}\n`);
      const serving = await startServing(['--data-dir', path.join(folder, 'versions')], {}, bin);
      try {
        const { info } = (await (await fetch(`${serving.url}/openapi.json`)).json()) as {
          readonly info: { readonly version: string };
        };
        assert.equal(info.version, version);
        assert.ok(serving.written.err.includes(`Keywright ${version} serves `), serving.written.err);
      } finally {
        await endCommand(serving);
      }
    });

    test('comes with the licences of what its pages are made of', async () => {
      const read = (name: string) => readFile(path.join(packed.get('server').folder, 'portal', name), 'utf8');
      assert.match(await read('licences.md'), /^## react - .*\s+MIT License\s+Copyright /m);
      assert.match(await read('inter-licence.txt'), /^SIL OPEN FONT LICENSE Version 1\.1/m);
    });

    test('serves the API and the portal, and refuses common passwords', async () => {
      const serving = await startServing(['--data-dir', path.join(folder, 'data')], {}, bin);
      try {
        const get = async (where: string): Promise<string> => {
          const answer = await fetch(serving.url + where);
          assert.equal(answer.status, 200, where);
          return answer.text();
        };
        assert.match(await get('/readyz'), /ready/);
        assert.match(await get('/sign'), /<script type="module"/);
        assert.ok(JSON.parse(await get('/openapi.json')).paths['/api/v1/authenticate']);
        const [, key = ''] = await serving.waitFor('err', /setup\S*[?#&](?:setup_?[kK]ey|key)=(\S+)/);
        const setUp = (password: string) =>
          fetch(`${serving.url}/api/v1/setup`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              setup_key: key,
              username: 'user@example.com',
              password,
              name: 'A user',
              organisation: 'Acme',
            }),
          });
        assert.equal((await setUp('password123')).status, 422);
        assert.equal((await setUp('a password for tests')).status, 204);
        serving.child.kill('SIGTERM');
        assert.equal(await serving.ended, 0);
      } finally {
        await endCommand(serving);
      }
    });
  });
});
