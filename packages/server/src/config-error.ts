/**
 * What an operator has to put right before Keywright can start: a setting, a file, a port.
 *
 * The message is one line that names what is wrong and says what to do. It never holds a secret.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
