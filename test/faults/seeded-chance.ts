/** Chance that is the same in every run with one seed. */
export interface Chance {
  /** From 0 up to 1, which is never reached. */
  fraction(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** KEYWRIGHT_TEST_SEED, to see what another course of events does. */
export const givenSeed = Number(process.env['KEYWRIGHT_TEST_SEED'] ?? 20_270_310);

/** Mulberry32: a full period of 2^32, and plenty for choosing what a writer does next. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    between,
    pick(choices) {
      const choice = choices[between(0, choices.length - 1)];
      if (choice === undefined) throw new Error('there is nothing to pick from');
      return choice;
    },
  };
}
