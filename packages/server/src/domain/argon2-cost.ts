import { parseOptions } from '@node-rs/argon2';

/** What checking a hash may cost at most, the memory in KiB: no row must take all the memory or time that there is. */
const most = { memoryCost: 1_048_576, timeCost: 64, parallelism: 64 } as const;

/** What an Argon2 hash says of how it was made; undefined for a text that is none. */
export function readArgon2(phc: string): ReturnType<typeof parseOptions> | undefined {
  try {
    return parseOptions(phc);
  } catch {
    return undefined;
  }
}

/** Whether a text is an Argon2 hash that can be checked at a bearable cost. */
export function isBearableArgon2(phc: string): boolean {
  const found = readArgon2(phc);
  return (
    found !== undefined &&
    found.memoryCost <= most.memoryCost &&
    found.timeCost <= most.timeCost &&
    found.parallelism <= most.parallelism
  );
}
