import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config-settings.ts';

const redacted = '[redacted]';

/** Fields that hold secrets wherever they stand. `code` is a second factor's; error codes are logged under other names. */
const secretName =
  /password|passwd|secret|(?<!^error)_token$|^token$|authorization|cookie|^code$|setup_?key|activation_?key|master_?key|^jwk$/i;

/** Secrets by their look: application tokens, JWTs, and keys in links. */
const secretText = /\bkwt_[0-9A-Za-z]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|((?:setup_key|activationKey)=)[\w%.~-]+/g;

/** What JSON leaves as it is, and some readers take for the end of a line. */
const lineSeparator = /[\u2028\u2029]/g;

// Deep enough for whatever is logged; a cycle ends here too.
const maxDepth = 6;

function redactFields(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth > maxDepth) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactFields(item, depth + 1));
  // Requests and replies of the framework are classes; serializers decide what of them is logged.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretName.test(name) ? redacted : redactFields(item, depth + 1),
    ]),
  );
}

/**
 * The log: one JSON line for each entry, with the time in ISO 8601 UTC.
 *
 * Nothing that calls it logs a secret; should one slip through all the same, it is taken out by the name of its field or by
 * its look.
 *
 * @param options `destination` is standard output where absent
 */
export function createLog(options: { readonly level: LogLevel; readonly destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: { name: 'keywright', pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => redactFields(fields, 0) as Record<string, unknown>,
    },
    hooks: {
      streamWrite: (line: string) =>
        line
          .replace(secretText, (_, name: string | undefined) => `${name ?? ''}${redacted}`)
          .replace(lineSeparator, (separator) => (separator === '\u2028' ? '\\u2028' : '\\u2029')),
    },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
