import { ConfigError } from './config-error.ts';
import { type Config, deriveConfig, findConflict } from './config-rules.ts';
import type { Setting } from './config-setting.ts';
import { type SettingKey, type SettingValues, settings } from './config-settings.ts';
import { nearestName } from './nearest-name.ts';

export type { Config } from './config-rules.ts';

/** The variables that settings are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says instead of the environment, by setting. */
export type SettingOptions = Readonly<Partial<Record<SettingKey, string>>>;

/** One setting as it stands. */
export interface SettingReading {
  readonly key: SettingKey;
  readonly setting: Setting;
  readonly source: 'default' | 'environment' | 'option';
  /** As it is written; absent where the setting is not set. */
  readonly text?: string;
  /** Undefined where the setting is not set, or wrong. */
  readonly value: unknown;
  /** What is wrong with the value, in one line without the value of a secret. */
  readonly problem?: string;
}

/** The process's own environment; nothing else reads it. */
export const processEnvironment: Environment = process.env;

/** Test runs have settings of their own, which are none of the service's. */
const testPrefix = 'KEYWRIGHT_TEST_';

const settingKeys = Object.keys(settings) as SettingKey[];

/** Reads every setting, wrong ones included. An empty variable counts as not set. */
export function readSettings(env: Environment, options: SettingOptions): SettingReading[] {
  return settingKeys.map((key) => {
    const setting: Setting = settings[key];
    const given = env[setting.name]?.trim() || undefined;
    if (options[key] !== undefined) return readSetting(key, 'option', options[key]);
    return given === undefined ? readSetting(key, 'default', setting.default) : readSetting(key, 'environment', given);
  });
}

function readSetting(key: SettingKey, source: SettingReading['source'], text: string | undefined): SettingReading {
  const setting: Setting = settings[key];
  if (text === undefined) return { key, setting, source, value: undefined };
  const value = setting.parser.parse(text);
  if (value !== undefined) return { key, setting, source, text, value };
  const name = (source === 'option' && setting.option) || setting.name;
  const isSecret = (setting.shown ?? 'everything') !== 'everything';
  const fault = isSecret ? 'is not valid' : `is ${quote(text)}`;
  return { key, setting, source, text, value, problem: `${name} ${fault}: expected ${setting.parser.expected}` };
}

/** One line, whatever the text holds, and not a long one. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/**
 * Reads and checks the configuration.
 *
 * @param options what the command line says; it wins over the environment
 * @throws ConfigError naming the first setting that is wrong
 */
export function readConfig(env: Environment, options: SettingOptions = {}): Config {
  const readings = readSettings(env, options);
  const problem = readings.find((reading) => reading.problem !== undefined)?.problem;
  if (problem !== undefined) throw new ConfigError(problem);
  const config = deriveConfig(valuesOf(readings));
  const conflict = findConflict(config);
  if (conflict !== undefined) throw new ConfigError(conflict);
  return config;
}

/** The table of settings gives each key a parser of its own type, which one object of all of them can't express. */
function valuesOf(readings: readonly SettingReading[]): SettingValues {
  return Object.fromEntries(readings.map(({ key, value }) => [key, value])) as unknown as SettingValues;
}

/** A line for each variable that looks like a setting of Keywright's and is none. */
export function findUnknownSettings(env: Environment): string[] {
  const names = settingKeys.map((key) => settings[key].name);
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('KEYWRIGHT_') && !name.startsWith(testPrefix) && !names.includes(name),
  );
  return unknown.sort().map((name) => {
    const nearest = nearestName(name, names);
    return `${name} is no setting of Keywright's and changes nothing${nearest === undefined ? '' : `: did you mean ${nearest}?`}`;
  });
}
