import { type Address, parseAddress, VerifyError } from '@keywright/verifier';
import { settings } from '../config-settings.ts';
import { hashApplicationTokenSecret, isWellFormedApplicationToken } from '../domain/application-token-secret.ts';
import { identifyCaller } from '../domain/caller.ts';
import { Refusal } from '../domain/errors.ts';
import { requireExchangeable } from '../domain/exchange.ts';
import { loopback } from '../domain/loopback.ts';
import { roleNames } from '../domain/role.ts';
import type { Service } from '../domain/service.ts';
import { defineCommand, UsageError } from './command.ts';
import { isoMomentOrNull, print } from './print.ts';
import { readSecret } from './read-secret.ts';
import { printable } from './text-table.ts';
import { type CommandContext, withService } from './with-service.ts';

/** What is found out about a token. */
interface Finding {
  readonly kind: 'application_token' | 'auth_token' | 'unknown';
  /** Whether it would be taken now. */
  readonly usable: boolean;
  /** Why it is not. */
  readonly reasons: readonly string[];
  /** What one should know about it all the same. */
  readonly notes: readonly string[];
  readonly about?: Readonly<Record<string, unknown>>;
}

/** `keywright token check`. */
export const tokenCheck = defineCommand({
  name: 'token check',
  summary: 'Say whether a token would be taken now and, if not, why',
  details: [
    'Reads an application token or an auth token from standard input, or asks for it at a terminal; never from the command line, where other users could see it.',
    'Nothing is counted or written. The exit code is 1 where the token would be refused.',
  ],
  examples: ['printf %s "$TOKEN" | keywright token check'],
  arguments: {},
  options: { from: { value: 'ADDRESS', meaning: 'Judge as if the request came from this IP address' } },
  async run(invocation) {
    const { from } = invocation.options;
    const address = from === undefined ? undefined : parseAddress(from);
    if (from !== undefined && address === undefined) throw new UsageError('--from must be an IPv4 or IPv6 address');
    const token = (await readSecret(invocation.terminal, 'token')).trim();
    const finding = await withService(invocation, (context) =>
      token.startsWith('kwt_') ? checkApplicationToken(context, token, address) : checkAuthToken(context, token),
    );
    print(invocation, finding, () => formatFinding(finding));
    return finding.usable ? 0 : 1;
  },
});

async function checkApplicationToken(
  { service }: CommandContext,
  secret: string,
  address: Address | undefined,
): Promise<Finding> {
  const refused = (reason: string, about?: Finding['about']): Finding => ({
    kind: 'application_token',
    usable: false,
    reasons: [reason],
    notes: [],
    ...(about === undefined ? {} : { about }),
  });
  if (!isWellFormedApplicationToken(secret)) return refused('its checksum is wrong: it was cut short or mistyped');
  const token = await service.database.findApplicationTokenExchange(hashApplicationTokenSecret(secret));
  if (token === undefined) return refused('it is unknown: of another service, or rotated away');
  const about = {
    id: token.id,
    organisation: { id: token.organisationId, name: token.organisationName },
    expiry_date: isoMomentOrNull(token.expiresAt),
    ip: token.ip,
  };
  try {
    const judged = address === undefined ? { ...token, ip: null } : token;
    const roles = requireExchangeable(service, judged, address ?? loopback);
    const notes = token.ip !== null && address === undefined ? [`only from ${token.ip}: --from judges an address`] : [];
    return {
      kind: 'application_token',
      usable: true,
      reasons: [],
      notes,
      about: { ...about, roles: roleNames(roles) },
    };
  } catch (error) {
    return refused(reasonOf(error), about);
  }
}

async function checkAuthToken({ service, actor }: CommandContext, token: string): Promise<Finding> {
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = (await service.keys.verifyAuthToken(token)).payload;
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    return { kind: 'unknown', usable: false, reasons: [await explainUnverified(service, token, error)], notes: [] };
  }
  const notes = [
    ...compare(claims['iss'], 'its issuer (iss)', {
      name: settings.publicUrl.name,
      value: service.settings.publicUrl(),
    }),
    ...compare(claims['aud'], 'its audience (aud)', {
      name: settings.audience.name,
      value: service.settings.audience(),
    }),
  ];
  try {
    await identifyCaller(trusting(service, claims), token, actor.client);
    return { kind: 'auth_token', usable: true, reasons: [], notes, about: claims };
  } catch (error) {
    return { kind: 'auth_token', usable: false, reasons: [reasonOf(error)], notes, about: claims };
  }
}

async function explainUnverified(service: Service, token: string, error: VerifyError): Promise<string> {
  try {
    await service.keys.verifyInternalToken(token);
    return 'it is a refresh_token, which works at /api/v1/authenticate alone';
  } catch {
    return `it is no token of this service (${error.code})`;
  }
}

/** The server may run with other settings than this command, so a difference is pointed out and not judged. */
function compare(found: unknown, what: string, here: { readonly name: string; readonly value: string }): string[] {
  if (found === here.value) return [];
  return [
    `only where ${here.name} is ${String(found)}, ${what}: for this command it is ${here.value}, and a server with that refuses it`,
  ];
}

/** The service as one that issued a token with these claims; a check leaves no trace of use. */
function trusting(service: Service, claims: Readonly<Record<string, unknown>>): Service {
  const issuers = {
    ...service.settings,
    publicUrl: () => String(claims['iss']),
    audience: () => String(claims['aud']),
  };
  return { ...service, settings: issuers, uses: { ...service.uses, recordSession: () => undefined } };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  return error.reason ?? error.message;
}

function formatFinding({ kind, usable, reasons, notes, about }: Finding): string {
  const subject = { application_token: 'This application token', auth_token: 'This auth token', unknown: 'This' }[kind];
  const verdict = usable ? `${subject} would be taken now` : `${subject} would be refused`;
  const details = Object.entries(about ?? {}).map(([name, value]) => {
    return `  ${name}: ${printable(typeof value === 'string' ? value : JSON.stringify(value))}\n`;
  });
  return `${printable([verdict, ...reasons].join(': '))}.\n${notes.map(formatNote).join('')}${details.join('')}`;
}

function formatNote(note: string): string {
  return `  ${printable(note)}\n`;
}
