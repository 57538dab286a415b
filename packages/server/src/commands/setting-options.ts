import type { SettingOptions } from '../config.ts';
import { type SettingKey, settings } from '../config-settings.ts';

/** Those of a command's options that stand for settings. */
export function settingOptionsOf(options: Readonly<Record<string, unknown>>): SettingOptions {
  const found: Partial<Record<SettingKey, string>> = {};
  for (const [key, { option }] of Object.entries(settings)) {
    const value = option === undefined ? undefined : options[option.slice('--'.length)];
    if (typeof value === 'string') found[key as SettingKey] = value;
  }
  return found;
}
