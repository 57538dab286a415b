import type { Generated } from 'kysely';
import type { Language } from '../domain/mail-port.ts';
import type { MailSchema } from './schema-mail.ts';
import type { RevocationSchema } from './schema-revocation.ts';
import type { SecondFactorSchema } from './schema-second-factor.ts';

/**
 * The tables, as Kysely sees them. Times are milliseconds since the Unix epoch, booleans 0 or 1, lists and objects JSON
 * as text; the columns themselves are made in migrations/.
 */
export interface Schema extends MailSchema, RevocationSchema, SecondFactorSchema {
  organisation: OrganisationTable;
  user_account: UserAccountTable;
  assignment: AssignmentTable;
  former_user: FormerUserTable;
  session: SessionTable;
  platform_operator: PlatformOperatorTable;
  application_token: ApplicationTokenTable;
  application_token_secret: ApplicationTokenSecretTable;
  application_token_use: ApplicationTokenUseTable;
  lockout: LockoutTable;
  known_network: KnownNetworkTable;
  event: EventTable;
  event_chain: EventChainTable;
  event_checkpoint: EventCheckpointTable;
  signing_key: SigningKeyTable;
  setup_key: SetupKeyTable;
  service_value: ServiceValueTable;
}

interface OrganisationTable {
  id: Generated<number>;
  name: string;
  parent_id: number | null;
  created_at: number;
  mfa_required: Generated<0 | 1>;
  /** Tokens that were issued before it are refused. */
  tokens_from: Generated<number>;
}

export interface UserAccountTable {
  id: Generated<number>;
  username: string;
  username_key: string;
  name: string;
  status: 0 | 1 | 2;
  password_hash: string | null;
  organisation_id: number;
  version: number;
  created_at: number;
  password_changed_at: number | null;
  language: Generated<Language>;
  pending_username_key: Generated<string | null>;
  invited_user_id: Generated<number | null>;
}

interface FormerUserTable {
  id: number;
  username: string;
  name: string;
  successor_id: number | null;
}

interface AssignmentTable {
  user_id: number;
  organisation_id: number;
  /** A bit set. */
  roles: number;
  created_at: number;
  status: Generated<0 | 1 | 2>;
}

export interface SessionTable {
  id: Generated<number>;
  user_id: number;
  organisation_id: number;
  created_at: number;
  created_ip: string;
  last_used_at: number;
  last_used_ip: string;
  user_agent: string | null;
  /** A JSON array. */
  amr: string;
  expires_at: number;
  ended_at: number | null;
  ended_reason: string | null;
  refresh_generation: Generated<number>;
  rotated_at: number | null;
  operator_id: number | null;
  support_roles: number | null;
  second_factor_at: number | null;
}

interface PlatformOperatorTable {
  user_id: number;
  created_at: number;
}

interface ApplicationTokenTable {
  id: Generated<number>;
  organisation_id: number;
  creator_id: number | null;
  description: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  ip: string | null;
  /** A bit set; null for the maker's roles. */
  roles: number | null;
  auth_token_minutes: number | null;
  version: number;
  prefix: string;
  last_used_at: number | null;
  /** The last stage before its end that its maker was told of. */
  expiry_notice_days: number | null;
  last_used_ip: string | null;
  /** Where it was last used from. */
  network: string | null;
  /** When it was last used from another network. */
  elsewhere_at: number | null;
}

interface ApplicationTokenSecretTable {
  /** SHA-256 of the secret. */
  secret_hash: Uint8Array;
  application_token_id: number;
  created_at: number;
  valid_until: number | null;
  last_used_at: number | null;
  last_used_ip: string | null;
}

interface ApplicationTokenUseTable {
  application_token_id: number;
  /** When the slot began. */
  slot: number;
  exchanges: number;
}

interface LockoutTable {
  subject: string;
  scope: string;
  /** Null for a name that doesn't exist. */
  user_id: number | null;
  failures: number;
  locked_until: number | null;
  updated_at: number;
}

interface KnownNetworkTable {
  user_id: number;
  network: string;
  last_sign_in_at: number;
}

export interface EventTable {
  id: Generated<number>;
  organisation_id: number | null;
  /** The organisation's id, 0 for none. */
  chain_id: number;
  sequence: number;
  occurred_at: number;
  type: number;
  source: number;
  severity: number;
  alert: 0 | 1;
  description: string;
  user_id: number | null;
  request_id: string | null;
  /** A JSON object. */
  detail: string | null;
  previous_hash: string;
  hash: string;
}

interface EventChainTable {
  chain_id: number;
  sequence: number;
  hash: string;
}

interface EventCheckpointTable extends EventChainTable {
  created_at: number;
  seal: string;
}

export interface SigningKeyTable {
  id: Generated<number>;
  kid: string;
  purpose: 'auth' | 'internal';
  algorithm: 'HS256' | 'EdDSA' | 'ES256' | 'RS256';
  state: 'next' | 'current' | 'retired';
  encrypted_key: string;
  created_at: number;
  activated_at: number | null;
  retired_at: number | null;
}

interface SetupKeyTable {
  key_hash: Uint8Array;
  created_at: number;
}

interface ServiceValueTable {
  name: string;
  value: string;
}
