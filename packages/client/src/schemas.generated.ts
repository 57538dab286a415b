// Generated from the OpenAPI document by scripts/generate-client.ts: change that, and run `npm run generate`.

export interface UserCredentials {
  readonly username: string;
  /** The password itself, or its SHA-1 as 40 hexadecimal digits */
  readonly password: string;
  /** Of a device that may be trusted: see `trusted_device` */
  readonly fingerprint?: string | undefined;
}

export interface ApplicationTokenCredentials {
  readonly application_token: string;
}

export interface Refresh {
  readonly refresh_token: string;
}

export interface NewTrustedDevice {
  readonly fingerprint: string;
  readonly operating_system: string;
  readonly browser: string;
  readonly name?: string | undefined;
}

export interface SecondFactor {
  /** What the password gave */
  readonly mfa_token: string;
  /** From the authenticator app, from the mail, or a recovery code */
  readonly code: string;
  readonly trusted_device?: NewTrustedDevice | undefined;
}

export interface AuthenticationCredential {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
  };
}

export interface PasskeyAsSecondFactor {
  /** What the password gave */
  readonly mfa_token: string;
  /** What `navigator.credentials.get()` gave, as JSON */
  readonly credential: AuthenticationCredential;
  readonly trusted_device?: NewTrustedDevice | undefined;
}

export type Credentials = UserCredentials | ApplicationTokenCredentials | Refresh | SecondFactor | PasskeyAsSecondFactor;

export interface Tokens {
  /** A JWT: the bearer of every other call */
  readonly auth_token: string;
  /** A JWT that gives new auth tokens; for user credentials only */
  readonly refresh_token?: string | undefined;
}

export interface SecondFactorAsked {
  /** A JWT for the second step, good for 20 minutes and one success; its claim `methods` says what can follow */
  readonly mfa_token: string;
}

export type Authenticated = Tokens | SecondFactorAsked;

export interface Problem {
  readonly error_code: number;
  readonly error_token: string;
  readonly message: string;
}

export interface Error {
  readonly error_code: number;
  readonly error_token: string;
  readonly message: string;
  /** Everything that is wrong with the input */
  readonly errors?: readonly Problem[] | undefined;
  /** The same as the X-Request-Id header */
  readonly request_id: string;
}

export interface Reference {
  readonly id: number;
}

export interface SecondFactorChallenge {
  /** What the password gave */
  readonly mfa_token: string;
  readonly type: Reference;
}

export interface PasskeyRequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials: readonly {
    readonly id: string;
    readonly type: string;
    readonly transports?: readonly string[] | undefined;
  }[];
  readonly timeout: number;
  readonly userVerification: string;
}

export interface LookupValue {
  readonly id: number;
  readonly description: string;
}

export interface ApplicationTokenStatus {
  /** 0 Activated, 1 Revoked, 2 Expired */
  readonly id: number;
  readonly description: string;
}

export interface Creator {
  readonly id: number;
  readonly name: string;
  readonly username: string;
}

export interface OrganisationReference {
  readonly id: number;
  readonly name: string;
}

export interface Role {
  /** 1 Administrator, 2 User, 3 Observer, 4 SuperAdmin, 5 Service */
  readonly id: number;
  readonly name: string;
}

export interface Attention {
  /** 1 Expires within 14 days, 2 Not used for 60 days, 3 Never expires, 4 Used from one network only, and not restricted to it, 5 Exchanged more than 20 times in the life of one auth token */
  readonly id: number;
  readonly description: string;
}

export interface Rotation {
  /** When the present secret was made */
  readonly rotated: string;
  /** Until when the secret before works */
  readonly overlap_until: string;
  /** When the secret before was last exchanged, at most a minute late */
  readonly last_used: string | null;
  /** From where it was last exchanged */
  readonly last_used_ip: string | null;
  /** Whether it was exchanged since the rotation */
  readonly still_used: boolean;
}

export interface ApplicationToken {
  readonly id: number;
  /** Who or what uses the token */
  readonly description: string | null;
  readonly created: string;
  readonly status: ApplicationTokenStatus;
  /** When it stops working; null: not until it is revoked */
  readonly expiry_date: string | null;
  /** The network it may be exchanged from, in CIDR notation; null: any */
  readonly ip: string | null;
  /** Who made it; null once that account is deleted */
  readonly creator: Creator | null;
  readonly organisation: OrganisationReference;
  /** The first 12 characters of the secret */
  readonly prefix: string;
  /** What it is narrowed to; null: its creator's roles */
  readonly roles: readonly Role[] | null;
  /** How long its auth tokens live; null: the default */
  readonly auth_token_minutes: number | null;
  /** When it was last exchanged, at most a minute late */
  readonly last_used: string | null;
  /** From where it was last exchanged */
  readonly last_used_ip: string | null;
  /** Exchanges in the last 240 minutes, at most a minute late */
  readonly recent_exchanges: number;
  /** The network that it was exchanged from and in the last 60 days from no other: an IPv4 /24 or an IPv6 /64 */
  readonly network: string | null;
  /** Why somebody should look at it; of activated tokens alone */
  readonly attention: readonly Attention[];
  /** While two secrets work: what is known of the one before; null otherwise */
  readonly rotation: Rotation | null;
}

export interface NewApplicationToken {
  /** Who or what uses the token */
  readonly description?: string | null | undefined;
  /** A date, meaning that day's 00:00 UTC, or a date-time with offset */
  readonly expiry_date?: string | null | undefined;
  /** An IPv4 or IPv6 network in CIDR notation, or one address */
  readonly ip?: string | null | undefined;
  /** Narrows the token to these of its creator's roles */
  readonly roles?: readonly Reference[] | null | undefined;
  /** Shortens the life of its auth tokens */
  readonly auth_token_minutes?: number | null | undefined;
}

export interface CreatedApplicationToken {
  /** The secret; it is shown this once */
  readonly application_token: string;
  readonly id: number;
}

export interface ApplicationTokenChange {
  /** Who or what uses the token */
  readonly description?: string | null | undefined;
  readonly status?: Reference | undefined;
  /** A date, meaning that day's 00:00 UTC, or a date-time with offset */
  readonly expiry_date?: string | null | undefined;
  /** An IPv4 or IPv6 network in CIDR notation, or one address */
  readonly ip?: string | null | undefined;
}

export interface ApplicationTokenRotation {
  /** How long the secret before goes on working; 0 where absent */
  readonly overlap_seconds?: number | undefined;
}

export interface UserStatus {
  /** 0 Activation Pending, 1 Active, 2 Suspended */
  readonly id: number;
  readonly description: string;
}

export interface SecondFactorStatus {
  /** 0 Activation Pending, 1 Active */
  readonly id: number;
  readonly description: string;
}

export interface SecondFactorType {
  /** 0 Time-Based One-Time Password, 1 E-mail code, 2 Passkey */
  readonly id: number;
  readonly description: string;
}

export interface SecondFactorKey {
  readonly id: number;
  readonly status: SecondFactorStatus;
  readonly type: SecondFactorType;
}

export interface User {
  readonly id: number;
  /** The e-mail address to sign in with */
  readonly username: string;
  readonly name: string;
  readonly created: string;
  readonly status: UserStatus;
  /** The home organisation */
  readonly organisation: {
    readonly id: number;
    readonly name: string;
  };
  /** The roles in the workspace through which the caller sees the user */
  readonly roles: readonly Role[];
  readonly language: 'en' | 'de';
  /** The second factors, those not yet confirmed included */
  readonly mfa: readonly SecondFactorKey[];
}

export interface NewUser {
  /** An e-mail address */
  readonly username: string;
  readonly name: string;
  readonly organisation?: Reference | null | undefined;
  readonly roles?: readonly Reference[] | null | undefined;
}

export interface UserChange {
  /** An e-mail address */
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly language?: 'en' | 'de' | undefined;
  readonly status?: Reference | undefined;
  /** The own password, or its SHA-1: to change the own username later than ten minutes after the sign-in */
  readonly password?: string | undefined;
}

export interface Profile {
  readonly id: number;
  /** The e-mail address to sign in with */
  readonly username: string;
  readonly name: string;
  readonly created: string;
  readonly status: UserStatus;
  /** The home organisation */
  readonly organisation: {
    readonly id: number;
    readonly name: string;
  };
  /** The roles in the workspace through which the caller sees the user */
  readonly roles: readonly Role[];
  readonly language: 'en' | 'de';
}

export interface WorkspaceStatus {
  /** 0 Activation Pending, 1 Active, 2 Suspended */
  readonly id: number;
  readonly description: string;
}

export interface Workspace {
  /** The organisation's id */
  readonly id: number;
  readonly name: string;
  readonly status: WorkspaceStatus;
  /** The roles there */
  readonly roles: readonly Role[];
}

export interface Session {
  /** The same as the `sid` claim of its tokens */
  readonly id: number;
  readonly created: string;
  /** At most a minute late */
  readonly last_used: string;
  /** Where it was last used from */
  readonly ip: string;
  /** As far as the browser says; otherwise what program it is */
  readonly browser: string;
  readonly operating_system: string;
  /** Whether it is the session of this call */
  readonly current: boolean;
  /** Whether a platform operator acts as the user in it */
  readonly support: boolean;
}

export interface TrustedDevice {
  readonly id: number;
  readonly operating_system: string;
  readonly browser: string;
  readonly name?: string | undefined;
  readonly activation_date: string;
  readonly expiry_date: string;
}

export interface EventType {
  /** 6 User authentication failed, 7 Application authentication failed, 13 Support Access, 14 Multi-factor Authentication, 1000 User signed in, 1001 Sessions ended, 1002 Account locked, 1003 Account unlocked, 1010 User created, 1011 User activated, 1012 User suspended, 1013 Password changed, 1014 Password hash renewed, 1015 Roles changed, 1020 Application token created, 1021 Application token updated, 1022 Application token revoked, 1023 Application token rotated, 1030 Organisation created, 1040 Signing key created, 1041 Signing key activated, 1042 Signing key retired, 1043 Signing key removed, 1060 User updated, 1061 User deleted, 1062 Username changed, 1063 User invited, 1064 Invitation declined, 1065 Workspace switched, 1066 Suspended in a workspace, 1067 Activated in a workspace, 1068 Removed from a workspace, 1069 Left a workspace, 1070 Default workspace changed, 1071 Organisation updated, 1072 Application token handed over, 1080 Password reset requested, 1081 Password reset, 1082 Invitation accepted, 1083 Activation mail requested, 1084 Activation failed, 1085 Username confirmed, 1086 Sign-up requested, 1087 Signed up, 1088 Mail given up, 1044 Signing key exported, 1120 Refresh token used again, 1121 Platform operator added, 1122 Platform operator removed, 1100 Second factor asked, 1101 Trusted device added, 1102 Trusted device removed, 1104 Second factor requirement changed, 1130 All tokens revoked, 1150 User imported, 1050 Set-up completed */
  readonly id: number;
  readonly description: string;
}

export interface EventSource {
  /** 0 Network, 1 Policy Control, 2 API, 3 Portal, 4 Command line */
  readonly id: number;
  readonly description: string;
}

export interface EventSeverity {
  /** 0 Info, 1 Warn, 2 Critical */
  readonly id: number;
  readonly description: string;
}

export interface EventUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
}

export interface Event {
  /** Counts the organisation's events from 1; unique together with the organisation */
  readonly id: number;
  readonly timestamp: string;
  /** Whether somebody should look at it */
  readonly alert: boolean;
  readonly description: string;
  readonly event_type: EventType;
  readonly event_source: EventSource;
  readonly event_severity: EventSeverity;
  readonly organisation: OrganisationReference | null;
  readonly user: EventUser | null;
  /** The X-Request-Id of the answer that it belongs to */
  readonly request_id: string | null;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export interface OwnData {
  readonly gathered: string;
  readonly user: Profile;
  /** When the password was set last */
  readonly password_changed: string | null;
  readonly workspaces: readonly Workspace[];
  /** Those that have neither ended nor expired */
  readonly sessions: readonly Session[];
  /** The second factors, those not yet confirmed included */
  readonly second_factors: readonly SecondFactorKey[];
  /** How many are left */
  readonly recovery_codes: number;
  readonly trusted_devices: readonly TrustedDevice[];
  /** Those that you made, in every organisation */
  readonly application_tokens: readonly ApplicationToken[];
  /** Those that concern you, in every organisation */
  readonly events: readonly Event[];
}

export interface WorkspaceSwitch {
  readonly target_organisation: Reference;
}

export interface SwitchedWorkspace {
  /** For the other workspace */
  readonly auth_token: string;
}

export interface InvitedUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly organisation: OrganisationReference;
  readonly roles: readonly Role[];
}

export interface WorkspaceChange {
  readonly status: Reference;
}

export interface Activation {
  /** From the link that the mail carries */
  readonly activationKey: string;
  /** The new password; needed where the user has none yet, and to finish a reset. To confirm a new username, the present one. An invitation of a user who has one leaves it as it is. Itself, or its SHA-1 as 40 hexadecimal digits. */
  readonly password?: string | undefined;
}

export interface ActivationWithAName {
  /** From the link that the mail carries */
  readonly activationKey: string;
  /** The new password; needed where the user has none yet, and to finish a reset. To confirm a new username, the present one. Itself, or its SHA-1 as 40 hexadecimal digits. */
  readonly password?: string | undefined;
  /** The name of the person, in the place of the one that the account was made with */
  readonly name?: string | undefined;
}

export interface MailRequest {
  /** The e-mail address to sign in with */
  readonly username: string;
}

export interface SignUp {
  /** The e-mail address to sign in with */
  readonly username: string;
  /** The password itself, or its SHA-1 as 40 hexadecimal digits */
  readonly password: string;
  readonly name: string;
  /** The new organisation's name */
  readonly organisation: string;
}

export interface PasswordChange {
  /** The current password: itself, or its SHA-1 as 40 hexadecimal digits */
  readonly old_password: string;
  /** The new password: itself, or its SHA-1 as 40 hexadecimal digits */
  readonly new_password: string;
}

export interface NewSecondFactor {
  readonly type: Reference;
  /** The own password, or its SHA-1 */
  readonly password: string;
  /** Of the second factor that is active, or a recovery code: needed unless the sign-in passed the second factor, or the first one was put in force, within ten minutes */
  readonly code?: string | undefined;
}

export interface PasskeyCreationOptions {
  readonly challenge: string;
  readonly rp: {
    readonly id: string;
    readonly name: string;
  };
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly displayName: string;
  };
  readonly pubKeyCredParams: readonly {
    readonly alg: number;
    readonly type: string;
  }[];
  readonly timeout: number;
  readonly attestation: string;
  readonly authenticatorSelection: {
    readonly residentKey: string;
    readonly userVerification: string;
  };
}

export interface CreatedSecondFactor {
  readonly id: number;
  readonly status: SecondFactorStatus;
  readonly type: SecondFactorType;
  readonly creation_date: string;
  /** For a TOTP: the secret in Base32; it is shown this once */
  readonly secret_key?: string | undefined;
  /** For a TOTP: what a QR code has to hold */
  readonly otpauth?: string | undefined;
  /** For a passkey: what `navigator.credentials.create()` takes, as JSON */
  readonly public_key?: PasskeyCreationOptions | undefined;
}

export interface RegistrationCredential {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[] | undefined;
  };
}

export interface SecondFactorActivation {
  readonly status: Reference;
  readonly code?: string | undefined;
  /** What `navigator.credentials.create()` gave, as JSON */
  readonly credential?: RegistrationCredential | undefined;
}

export interface NewRecoveryCodes {
  /** The own password, or its SHA-1 */
  readonly password: string;
  /** Of the second factor that is active, or a recovery code: needed unless the sign-in passed the second factor, or the first one was put in force, within ten minutes */
  readonly code?: string | undefined;
}

export interface RecoveryCodes {
  /** Ten codes, each for one use as `code`; they are shown this once */
  readonly recovery_codes: readonly string[];
}

export interface SecondFactorRemoval {
  /** The own password, or its SHA-1 */
  readonly password?: string | undefined;
  readonly code?: string | undefined;
}

export interface SupportAccess {
  /** "1" Administrator, "3" Observer; "3" where absent */
  readonly role?: '1' | '3' | undefined;
}

export interface SupportToken {
  /** An auth token as that user, for 60 minutes */
  readonly support_token: string;
}

export interface Organisation {
  readonly id: number;
  readonly name: string;
  readonly created: string;
  /** The organisation that this one is a direct child of */
  readonly parent: OrganisationReference | null;
  /** Whether those who sign in to it need a second factor */
  readonly mfa_required: boolean;
  /** How users may sign in to it: `password`, `password_and_second_factor` */
  readonly sign_in_methods: readonly string[];
}

export interface OrganisationChange {
  readonly name?: string | undefined;
  readonly mfa_required?: boolean | undefined;
}

export type SignIn = UserCredentials | SecondFactor | PasskeyAsSecondFactor;

export interface AuthToken {
  /** A JWT: the bearer of every other call */
  readonly auth_token: string;
}

export interface SecondFactorQuestion {
  /** A JWT for the second step, good for 20 minutes and one success */
  readonly mfa_token: string;
  /** What can follow; `enrolment` where a second factor has to be set up first */
  readonly methods: readonly ('totp' | 'email_code' | 'passkey' | 'recovery_code' | 'enrolment')[];
}

export type PortalSession = AuthToken | SecondFactorQuestion;

export interface ActivationKey {
  /** From the link that the mail carries */
  readonly activationKey: string;
}

export interface ActivationPreview {
  readonly purpose: 'activation' | 'invitation' | 'password_reset' | 'signup' | 'username_change';
  /** Whose key it is */
  readonly username: string;
  /** Whether a new password has to come with the key, may come, the present one has to, or it is left alone */
  readonly password: 'always' | 'maybe' | 'present' | 'never';
}

export interface PortalSettings {
  /** The release of the service */
  readonly version: string;
  /** Where clients reach the service: the issuer of its tokens */
  readonly public_url: string;
  /** The `aud` of auth tokens */
  readonly audience: string;
  /** Whether the portal can sign in: over HTTPS, or on this machine */
  readonly is_secure: boolean;
  /** Whether there is no user yet: `/setup` makes the first */
  readonly setup_due: boolean;
  /** Who gets an account: whoever confirms an address, who is invited, or whom an administrator makes */
  readonly sign_up: 'open' | 'invite' | 'closed';
  /** Whether mails go to a mail server; otherwise into the outbox folder */
  readonly sends_mail: boolean;
  /** None is asked for */
  readonly captcha: null;
  /** In which the portal and its mails are */
  readonly languages: readonly ('en' | 'de')[];
  /** Which devices may skip the second factor; for the portal, `off` is what matters */
  readonly trusted_devices: 'any' | 'portal' | 'off';
  readonly signing_algorithm: 'HS256' | 'EdDSA' | 'ES256' | 'RS256';
  /** How long an auth token lives where nothing shortens it */
  readonly auth_token_minutes: number;
  /** The address that this call comes from */
  readonly address: string;
}

export interface SetUp {
  /** From the one-time link that the first start prints */
  readonly setup_key: string;
  readonly username: string;
  /** The password itself, or its SHA-1 as 40 hexadecimal digits */
  readonly password: string;
  readonly name: string;
  /** The first organisation's name */
  readonly organisation: string;
}

export type Revocation = {
  /** Tokens of this subject */
  readonly sub: string;
  /** Refuse those whose `ver` is lower */
  readonly below: number;
  /** When the last token that it can concern has expired: it may be forgotten then */
  readonly until: string;
} | {
  /** Tokens of this session */
  readonly sid: number;
  /** Refuse those whose `ver` is lower */
  readonly below: number;
  /** When the last token that it can concern has expired: it may be forgotten then */
  readonly until: string;
} | {
  /** Tokens for this organisation that were issued before a time */
  readonly org: number;
  readonly issued_before: string;
  /** When the last token that it can concern has expired: it may be forgotten then */
  readonly until: string;
} | {
  /** All tokens that were issued before a time */
  readonly all: true;
  readonly issued_before: string;
  /** When the last token that it can concern has expired: it may be forgotten then */
  readonly until: string;
};

export interface KeySet {
  readonly keys: readonly {
    readonly kty: string;
    readonly kid: string;
    readonly alg: string;
    readonly use: string;
  }[];
}

export interface ServerMetadata {
  /** The `iss` of every token */
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  readonly jwks_uri: string;
  readonly grant_types_supported: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly string[];
  readonly service_documentation: string;
}

export interface Health {
  readonly status: string;
}

export interface AccessTokenRequest {
  /** `client_credentials` */
  readonly grant_type: string;
  /** The application token's id, where `Authorization: Basic` does not name it */
  readonly client_id?: string | undefined;
  /** The application token itself, where `Authorization: Basic` does not hold it */
  readonly client_secret?: string | undefined;
  /** Leave it out: what a token may do, its roles say. Anything here is `invalid_scope` */
  readonly scope?: string | undefined;
}

export interface AccessToken {
  /** An auth token, as `POST /api/v1/authenticate` gives it */
  readonly access_token: string;
  /** `Bearer` */
  readonly token_type: string;
  /** Seconds */
  readonly expires_in: number;
}

export interface OAuthError {
  /** One of `invalid_request`, `invalid_client`, `invalid_scope`, `invalid_token`, `insufficient_scope`, `unauthorized_client`, `unsupported_grant_type`, `unsupported_token_type`, `temporarily_unavailable`, `server_error` */
  readonly error: string;
  /** For people: texts change */
  readonly error_description: string;
}

export interface IntrospectionRequest {
  /** An auth token */
  readonly token: string;
  /** Passed over: each kind of token is recognised */
  readonly token_type_hint?: string | undefined;
  /** The application token's id, where `Authorization: Basic` does not name it */
  readonly client_id?: string | undefined;
  /** The application token itself, where `Authorization: Basic` does not hold it */
  readonly client_secret?: string | undefined;
}

export interface Introspection {
  /** Whether the token is good now; the only member where it is not */
  readonly active: boolean;
  /** `Bearer` */
  readonly token_type?: string | undefined;
  readonly iss?: string | undefined;
  readonly aud?: string | undefined;
  /** `user:42` or `application_token:7` */
  readonly sub?: string | undefined;
  /** The same as `sub`; only with public-key algorithms */
  readonly client_id?: string | undefined;
  /** Seconds since 1970 */
  readonly iat?: number | undefined;
  /** Seconds since 1970 */
  readonly exp?: number | undefined;
  readonly jti?: string | undefined;
  readonly org?: OrganisationReference | undefined;
  /** As they are now, whatever the token says */
  readonly roles?: readonly string[] | undefined;
  /** The subject's counter when the token was issued */
  readonly ver?: number | undefined;
  /** The session's id; for users only */
  readonly sid?: number | undefined;
  /** How the user signed in (RFC 8176) */
  readonly amr?: readonly string[] | undefined;
  /** The platform operator who acts as the user (RFC 8693) */
  readonly act?: {
    readonly sub: string;
  } | undefined;
  /** The networks that the application token is restricted to */
  readonly ip?: readonly string[] | undefined;
}

export interface RevocationRequest {
  /** An application token, a refresh token, or an auth token of a session */
  readonly token: string;
  /** Passed over: each kind of token is recognised */
  readonly token_type_hint?: string | undefined;
  /** The application token's id, where `Authorization: Basic` does not name it */
  readonly client_id?: string | undefined;
  /** The application token itself, where `Authorization: Basic` does not hold it */
  readonly client_secret?: string | undefined;
}
