import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where the portal is built to: in a packed server beside its source, in the repository in a package of its own. */
const places = ['../portal', '../../portal/dist'].map((place) => path.resolve(import.meta.dirname, place));

/** The folder of the built portal, whether anything is in it yet or not. */
export function findPortalDir(): string | undefined {
  return places.find((place) => existsSync(path.join(place, 'built'))) ?? places.at(-1);
}
