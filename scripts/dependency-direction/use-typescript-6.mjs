/**
 * Loaded before dependency-cruiser: hands it this folder's TypeScript 6 when it asks for `typescript`.
 *
 * It reads modules with the compiler's API, which TypeScript 7 does not have; its other parser, swc, stumbles over
 * `using`. This folder is a workspace of its own because two compilers side by side would both claim the command `tsc`.
 */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isForCruiser = context.parentURL?.includes('/node_modules/dependency-cruiser/') === true;
    if (isForCruiser && (specifier === 'typescript' || specifier.startsWith('typescript/'))) {
      return { url: pathToFileURL(require.resolve(specifier)).href, shortCircuit: true };
    }
    return nextResolve(specifier, context);
  },
});

// Without a compiler it would skip every .ts file, and find nothing wrong with the rest.
const { allExtensions } = await import('dependency-cruiser');
if (!allExtensions.some(({ extension, available }) => extension === '.ts' && available)) {
  throw new Error('dependency-cruiser has not found the TypeScript that reads .ts files for it');
}
