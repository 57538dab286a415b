import { type Address, type Network, networkContains, parseNetwork } from '@keywright/verifier';
import { hashApplicationTokenSecret, isWellFormedApplicationToken } from './application-token-secret.ts';
import { type IssuedAuthToken, issueTimedAuthToken } from './auth-token.ts';
import { Refusal } from './errors.ts';
import type { ApplicationTokenCaller, ApplicationTokenExchange } from './records.ts';
import { grantableRoles, noRoles, type RoleSet, roleSet } from './role.ts';
import type { Client, Service } from './service.ts';

/** An application token with the secret that it was found by, judged good. */
interface JudgedSecret {
  readonly token: ApplicationTokenExchange;
  readonly secretHash: Buffer;
  /** What it acts as now. */
  readonly roles: RoleSet;
}

/**
 * Exchanges an application token for an `auth_token` (contract §3). Its row is read from the store each time.
 *
 * @param clientId the token's id as it was given, where it has to be (RFC 6749 §4.4)
 * @throws Refusal as {@link judgeSecret}; TooManyRequests when exchanged too often
 */
export async function exchangeApplicationToken(
  service: Service,
  secret: string,
  client: Client,
  clientId?: string,
): Promise<IssuedAuthToken> {
  const { token, secretHash, roles } = await judgeSecret(service, secret, client.address, clientId);
  const subject = `application_token:${token.id}`;
  const retryAfterSeconds = service.limits.exchanges.hit(subject);
  if (retryAfterSeconds > 0)
    throw new ExchangeRefusal(token, 'TooManyRequests', { reason: 'exchanged too often', retryAfterSeconds });
  service.uses.recordExchange(token.id, secretHash, client.address);
  return issueTimedAuthToken(service, {
    subject,
    organisation: { id: token.organisationId, name: token.organisationName },
    roles,
    version: versionOf(token),
    minutes: Math.min(token.authTokenMinutes ?? service.settings.authTokenMinutes, service.settings.authTokenMinutes),
    notAfter: token.expiresAt,
    ip: token.ip,
  });
}

/**
 * Finds an application token by its secret, and judges it.
 *
 * @param clientId the token's id as it was given, where it has to be
 * @throws Refusal TokenExpired past its `expiry_date`; InvalidToken, one and the same, when it is revoked, unknown,
 *   mistyped, of another id, outside of its `ip`, or its creator is suspended
 */
export async function judgeSecret(
  service: Service,
  secret: string,
  address: Address,
  clientId?: string,
): Promise<JudgedSecret> {
  if (!isWellFormedApplicationToken(secret)) throw new Refusal('InvalidToken', { reason: 'bad checksum' });
  const secretHash = hashApplicationTokenSecret(secret);
  const token = await service.database.findApplicationTokenExchange(secretHash);
  if (token === undefined) throw new Refusal('InvalidToken', { reason: 'unknown application token' });
  if (clientId !== undefined && clientId !== String(token.id)) {
    throw new ExchangeRefusal(token, 'InvalidToken', { reason: 'the client_id is not its id' });
  }
  return { token, secretHash, roles: requireExchangeable(service, token, address) };
}

/**
 * The counter of the secret that is exchanged: that of the one before, as long as it works, is one less than the present
 * one's, so that what it was exchanged for ends with it. See revocation.ts.
 */
function versionOf({ version, secretValidUntil }: ApplicationTokenExchange): number {
  return secretValidUntil === null ? version : Math.max(1, version - 1);
}

/** A refusal that knows which token it is about, so that the event can say so. */
export class ExchangeRefusal extends Refusal {
  readonly applicationToken: ApplicationTokenExchange;

  constructor(applicationToken: ApplicationTokenExchange, ...refusal: ConstructorParameters<typeof Refusal>) {
    super(...refusal);
    this.applicationToken = applicationToken;
  }
}

/** Judges a token that was found; answers the roles that it has now. */
export function requireExchangeable(service: Service, token: ApplicationTokenExchange, address: Address): RoleSet {
  const now = service.clock.now();
  const refuse = (reason: string): never => {
    throw new ExchangeRefusal(token, 'InvalidToken', { reason });
  };
  if (token.revokedAt !== null) refuse('revoked');
  if (token.secretValidUntil !== null && token.secretValidUntil <= now) refuse('this secret was rotated away');
  if (token.creatorId === null) refuse('its creator is deleted');
  if (token.creatorStatus !== 1) refuse('its creator is not active');
  if (token.ip !== null && !networkContains(networkOf(token.ip), address)) refuse('outside of its ip');
  const roles = effectiveRoles(token);
  if (roles === noRoles) refuse('its creator no longer has its roles');
  if (isExpired(token, now)) throw new ExchangeRefusal(token, 'TokenExpired', { reason: 'past its expiry_date' });
  return roles;
}

/** An auth token must live for a whole second at least, so a token expires with the last whole second before its time. */
function isExpired(token: ApplicationTokenExchange, now: number): boolean {
  return token.expiresAt !== null && Math.floor(token.expiresAt / 1000) <= Math.floor(now / 1000);
}

/**
 * What a token may act as now: its own roles, as far as its maker's still include them; without any of its own, its
 * maker's. The role Service is given by operators and no maker has it.
 */
export function effectiveRoles(token: Pick<ApplicationTokenCaller, 'roles' | 'creatorRoles'>): RoleSet {
  if (token.roles === null) return token.creatorRoles;
  return token.roles & (grantableRoles(token.creatorRoles) | roleSet('Service'));
}

/** Parsed networks by their canonical text: a handful of different ones stand on many tokens. */
const networks = new Map<string, Network>();
const maxNetworks = 10_000;

function networkOf(text: string): Network {
  let network = networks.get(text);
  if (network === undefined) {
    network = parseNetwork(text);
    if (networks.size >= maxNetworks) networks.clear();
    networks.set(text, network);
  }
  return network;
}
