/**
 * The directions in which the parts of the house may depend on each other.
 *
 * Inside the server: main → commands → app → http → domain → contract, app → storage → domain, and app → mail → domain. The modules beside
 * `main.ts` and `app.ts` (settings, keys on disk, the log, the machine's clock) belong to the process: the layers under
 * `app.ts` are handed what they need of them. Tests may import anything, and nothing imports tests.
 */
const server = '^packages/server/src/';
const test = '[.]test[.]tsx?$';
const layer = (name) => `${server}${name}/`;
const app = `${server}app[.]ts$`;
const main = `${server}main[.]ts$`;
const processModule = `${server}[^/]+[.]ts$`;
/** How other programs, tests above all, have the server in their own process. */
const inProcess = `${server}(index|in-process|throw-away-(server|operations))[.]ts$`;

/** Node's modules that compute and touch nothing outside. */
const pureBuiltins = '^(node:)?(assert|buffer|crypto|events|net|querystring|string_decoder|url|util|util/types|zlib)$';

/** Packages that compute and touch nothing outside: password hashes, one-time codes, passkeys. */
const pureDomainPackages = '(^|/)node_modules/(@node-rs/(argon2|bcrypt)|otplib|@otplib/[^/]+|@simplewebauthn/server)/';

/** Each package, and those that it may depend on. */
const packages = [
  ['contract'],
  ['verifier'],
  ['client'],
  ['server', 'contract', 'verifier'],
  ['testing', 'contract', 'server'],
  ['portal', 'contract'],
];

/** What a package may import of another, or of itself. */
const entryOf = (from, to) => (from === to ? `^packages/${to}/` : `^packages/${to}/src/index[.]ts$`);

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A layer's modules may depend on these modules of the server and on no others of it. */
const allowOnly = (name, from, allowed) =>
  forbid(
    `${name}-direction`,
    `${name} may depend on nothing of the server but: ${allowed.join(', ')}.`,
    { path: from, pathNot: test },
    { path: server, pathNot: allowed },
  );

// biome-ignore lint/style/noDefaultExport: dependency-cruiser asks for it.
export default {
  forbidden: [
    forbid('no-circle', 'Split out what both need, or hand one to the other.', {}, { circular: true }),
    forbid(
      'no-orphan',
      'Nothing uses it and it uses nothing: remove it, or use it.',
      {
        orphan: true,
        pathNot: [test, '^packages/[^/]+/src/index[.]ts$', '[.]d[.]ts$', '^scripts/', '^packages/[^/]+/bin/'],
      },
      {},
    ),
    forbid('no-unresolvable', 'There is no such module.', {}, { couldNotResolve: true, pathNot: '^node:' }),
    forbid(
      'no-test-in-product',
      'Tests depend on the product, never the other way round.',
      { path: '^packages/[^/]+/(src|bin)/', pathNot: test },
      { path: ['^(test|bench|scripts|examples)/', test, '^packages/[^/]+/test/'] },
    ),
    forbid(
      'no-development-package-in-product',
      'What runs in production stands under dependencies.',
      // Of the portal nothing runs but what it is built into.
      { path: '^packages/[^/]+/(src|bin)/', pathNot: [test, '^packages/portal/'] },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    ),
    forbid(
      'portal-takes-types-of-the-contract',
      'Schemas would weigh on each page; what a page needs of them are their types.',
      { path: '^packages/portal/src/' },
      { path: '^packages/contract/', dependencyTypesNot: ['type-only'] },
    ),
    ...packages.map(([name, ...allowed]) =>
      forbid(
        `${name}-package-direction`,
        `Of the other packages, ${name} may depend on these alone, through their entries: ${allowed.join(', ') || 'none'}.`,
        { path: `^packages/${name}/(src|bin)/`, pathNot: test },
        { path: '^packages/', pathNot: [name, ...allowed].map((one) => entryOf(name, one)) },
      ),
    ),
    forbid(
      'contract-is-pure',
      'The contract has schemas, codes and types: no input, no output, no package but TypeBox.',
      { path: '^packages/contract/src/', pathNot: test },
      { pathNot: ['^packages/contract/src/', '(^|/)node_modules/typebox/'] },
    ),
    allowOnly('domain', layer('domain'), [layer('domain')]),
    forbid(
      'domain-is-pure',
      'The domain decides; what it needs of the world it is handed through ports.ts.',
      { path: layer('domain'), pathNot: test },
      { pathNot: [server, '^packages/(contract|verifier)/src/index[.]ts$', pureBuiltins, pureDomainPackages] },
    ),
    allowOnly('storage', layer('storage'), [layer('storage'), layer('domain')]),
    allowOnly('mail', layer('mail'), [layer('mail'), layer('domain')]),
    allowOnly('http', layer('http'), [layer('http'), layer('domain')]),
    forbid(
      'storage-knows-no-http',
      'Stores answer the domain, whoever asks it.',
      { path: [layer('storage'), layer('mail')], pathNot: test },
      { path: ['(^|/)node_modules/(@fastify/[^/]+|fastify)/', '^(node:)?https?$'] },
    ),
    forbid(
      'http-knows-no-storage',
      'Routes ask the domain; SQL is for storage.',
      { path: layer('http'), pathNot: test },
      { path: ['(^|/)node_modules/(kysely|pg|pg-[^/]+)/', '^(node:)?sqlite$'] },
    ),
    forbid(
      'nothing-above-commands-but-main',
      'Commands are called by the process alone.',
      { path: server, pathNot: [test, main, layer('commands')] },
      { path: layer('commands') },
    ),
    forbid(
      'only-commands-and-main-build-the-app',
      'The application is built at the top.',
      { path: server, pathNot: [test, main, inProcess, layer('commands')] },
      { path: app },
    ),
    forbid(
      'nothing-imports-main',
      'It is the process itself.',
      { pathNot: ['^packages/server/bin/', test] },
      { path: main },
    ),
    forbid(
      'process-modules-stay-above-layers',
      'Settings, files and clocks of the process are leaves of it: they may use the domain, never routes or stores.',
      { path: processModule, pathNot: [test, app, main, inProcess] },
      { path: [layer('http'), layer('storage'), layer('commands')] },
    ),
    forbid(
      'known-layers',
      'A module belongs to a layer of the house, for which the rules above hold.',
      { path: server, pathNot: [processModule, ...['commands', 'http', 'domain', 'storage', 'mail'].map(layer)] },
      {},
    ),
  ],
  options: {
    parser: 'tsc',
    // Imports of types alone count too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '[.]generated[.]|^packages/portal/dist/' },
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['node', 'import', 'types', 'default'] },
  },
};
