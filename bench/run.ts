/** Runs one benchmark by its name: `npm run bench -- exchange --rounds 3`. */
import { globSync } from 'node:fs';

/** What the benchmarks start, and what they have in common. */
const others = ['floor', 'read-options', 'run'];

const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !others.includes(name))
  .sort();
const [name = ''] = process.argv.splice(2, 1);
if (names.includes(name)) {
  await import(`./${name}.ts`);
} else {
  console.error(
    `Name one of ${names.join(', ')}; --help after it shows its options. README.md says what each measures.`,
  );
  process.exitCode = 2;
}
