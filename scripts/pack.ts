/**
 * Packs what is published, as it is published.
 *
 *     npm run pack [-- FOLDER]     packed/ where none is named
 */
import path from 'node:path';
import { packPackages } from './pack-packages.ts';

const [folder = 'packed'] = process.argv.slice(2);
const packed = await packPackages(path.resolve(folder));
for (const { tarball } of packed.values()) console.log(path.relative('.', tarball));
