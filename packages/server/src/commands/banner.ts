import { demoUser } from './demo.ts';

/** What a person at the terminal wants to know once the service runs. */
export interface BannerContent {
  readonly version: string;
  readonly publicUrl: string;
  /** Where it listens, in case that is somewhere else. */
  readonly localUrl: string;
  /** For the first administrator; a secret, so it is shown here and never logged. */
  readonly setupKey: string | undefined;
  /** The folder that mails are written to; undefined where a mail server takes them. */
  readonly outbox: string | undefined;
  /** The folder of a demo's store, for commands beside it; undefined where it is no demo. */
  readonly demoDataDir: string | undefined;
}

export function formatBanner(content: BannerContent): string {
  const { publicUrl, localUrl, setupKey, outbox, demoDataDir } = content;
  const behind = publicUrl === localUrl ? '' : ` (listening on ${localUrl})`;
  const lines = [
    `Keywright ${content.version} serves ${publicUrl}${behind}`,
    `API reference: ${publicUrl}/docs`,
    ...(outbox === undefined ? [] : [`Mails go nowhere but to ${outbox}, since KEYWRIGHT_SMTP_URL is not set`]),
    ...(setupKey === undefined
      ? []
      : ['', 'There is no user yet. Make the first administrator, once, at', setupLink(publicUrl, setupKey)]),
    ...(demoDataDir === undefined ? [] : ['', ...demoLines(localUrl, demoDataDir)]),
  ];
  return `\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`;
}

function setupLink(publicUrl: string, setupKey: string): string {
  return `${publicUrl}/setup?setup_key=${encodeURIComponent(setupKey)}`;
}

function demoLines(url: string, dataDir: string): string[] {
  const body = JSON.stringify({ username: demoUser.username, password: demoUser.passwordSha1 });
  return [
    `A demo: nothing is kept. ${demoUser.username} has the password "${demoUser.password}". Try`,
    `curl -s ${url}/api/v1/authenticate -H 'Content-Type: application/json' -d '${body}'`,
    `Commands work on it with --data-dir ${dataDir}`,
  ];
}
