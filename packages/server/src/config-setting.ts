import type { Parser } from './config-parse.ts';

/** A setting as an operator knows it. */
export interface Setting<T = unknown> {
  /** The environment variable. */
  readonly name: string;
  /** The command line's option for it, which wins over the variable. */
  readonly option?: string;
  /** What it decides, with its unit. */
  readonly meaning: string;
  /** The value where none is given, as one would write it; absent where the setting is then not set. */
  readonly default?: string;
  readonly parser: Parser<T>;
  /** How much of the value may be shown; `nothing` where it is a secret. */
  readonly shown?: 'everything' | 'nothing' | ((text: string) => string);
}
