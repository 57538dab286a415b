import { findUnknownSettings, readConfig, readSettings, type SettingReading } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import { type Config, findListeningConflict, settlePublicUrl } from '../config-rules.ts';
import { loadTlsCredentials, tlsFilesOf } from '../tls.ts';
import { defineCommand, type Invocation } from './command.ts';
import { print } from './print.ts';
import { settingOptionsOf } from './setting-options.ts';
import { adviseOnStart } from './start-advice.ts';
import { wrapText } from './text-table.ts';

const mask = '********';

/** `keywright config`: works although a setting is wrong, and says which. */
export const config = defineCommand({
  name: 'config',
  summary: 'Print every setting: its value, where it comes from, what it means and takes',
  details: ['Secrets are masked. The exit code is 1 where a setting is wrong.'],
  arguments: {},
  options: {
    port: { value: 'PORT', meaning: 'As serve would be given it' },
    host: { value: 'HOST', meaning: 'As serve would be given it' },
  },
  async run(invocation) {
    const { options, terminal } = invocation;
    const readings = readSettings(terminal.env, settingOptionsOf(options));
    const { conflict, warnings } = await tryStart(invocation);
    const problems = readings.flatMap(({ problem }) => problem ?? []);
    if (conflict !== undefined && !problems.includes(conflict)) problems.push(conflict);
    const result = { settings: readings.map(describeReading), problems, warnings };
    print(invocation, result, () => readings.map(formatReading).join('\n'));
    for (const line of [...problems, ...warnings]) terminal.err(`keywright: ${line}\n`);
    return problems.length === 0 ? 0 : 1;
  },
});

interface StartOutlook {
  /** What would stop the server from starting, files included; the first problem where there are several. */
  readonly conflict: string | undefined;
  /** What it would start with all the same. */
  readonly warnings: readonly string[];
}

async function tryStart({ terminal: { env }, options }: Invocation): Promise<StartOutlook> {
  let warnings = findUnknownSettings(env);
  try {
    const config = readConfig(env, settingOptionsOf(options));
    settlePublicUrl(config, config.port);
    warnings = adviseOnStart(env, config);
    await checkTls(config);
    return { conflict: findListeningConflict(config), warnings };
  } catch (error) {
    if (error instanceof ConfigError) return { conflict: error.message, warnings };
    throw error;
  }
}

async function checkTls(config: Config): Promise<void> {
  const files = tlsFilesOf(config);
  if (files !== undefined) await loadTlsCredentials(files, Date.now());
}

function shownValue({ setting, source, text }: SettingReading): string | null {
  if (text === undefined) return null;
  if (setting.shown === 'nothing') return source === 'default' ? text : mask;
  return typeof setting.shown === 'function' ? setting.shown(text) : text;
}

function describeReading(reading: SettingReading) {
  const { setting, source, problem } = reading;
  return {
    name: setting.name,
    value: shownValue(reading),
    source,
    meaning: setting.meaning,
    expected: setting.parser.expected,
    secret: (setting.shown ?? 'everything') !== 'everything',
    problem: problem ?? null,
  };
}

const sourceWords = { default: 'default', environment: 'from the environment', option: 'from the command line' };

function formatReading(reading: SettingReading): string {
  const { setting, source, problem } = reading;
  const value = shownValue(reading);
  const head =
    value === null
      ? `${setting.name} is not set`
      : `${setting.name} = ${JSON.stringify(value).slice(1, -1)}  (${sourceWords[source]})`;
  const { expected } = setting.parser;
  const fault = problem === undefined ? '' : wrapText(`Wrong: expected ${expected}.`, '    ');
  const takes = problem === undefined ? wrapText(`Takes ${expected}.`, '    ') : '';
  return `${head}\n${fault}${wrapText(setting.meaning, '    ')}${takes}`;
}
