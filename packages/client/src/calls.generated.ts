// Generated from the OpenAPI document by scripts/generate-client.ts: change that, and run `npm run generate`.

import type { CallDescription, CallOptions, Page } from './api-call.ts';
import type * as Schemas from './schemas.generated.ts';

/** Every call of the API, by its id in the API reference. */
export interface Api {
  /**
   * Retrieve an authentication token.
   *
   * Exchanges credentials for an `auth_token`, which goes as `Authorization: Bearer …` with every other call and lives 240 minutes: get one, keep it, and get the next when it has expired.
   *
   * The body has the properties of exactly one form; those of none, or of two, are 400.
   *
   * - User credentials give an `auth_token` and a `refresh_token`; of a user with a second factor an `mfa_token` alone, unless `fingerprint` is that of a trusted device. `password` is the password itself, or its SHA-1 as 40 hexadecimal digits. Three failures in a row lock the account for five minutes: 429 with `Retry-After`.
   * - An application token gives an `auth_token` alone.
   * - `mfa_token` and `code`, or `credential`, complete such a sign-in. `code` is from the authenticator app, from the mail, or a recovery code; each is good once. A token is good for 20 minutes, one success and five tries, and wrong codes lock as wrong passwords do. Its claim `methods` says what can follow: `totp`, `email_code`, `passkey`, `recovery_code`, or `enrolment`, where a second factor has to be set up first, with the token as the bearer of `POST` and `PATCH /user/mfa`. With `trusted_device` the device skips the second step for 90 days.
   * - A refresh token gives a new `auth_token`, again and again, until its session ends.
   *
   * An `Authorization` header is ignored, and no token is ever read from the query string. 100 attempts with a password and 100 failures of any form from one address, and 100 exchanges of one token, are allowed in any 5 minutes.
   */
  authenticate(given: {
    readonly body: Schemas.Credentials;
  }, options?: CallOptions): Promise<Schemas.Authenticated>;

  /**
   * Prepare the second step.
   *
   * For an e-mail code (type 1) a code is mailed: 204. For a passkey (type 2) the answer is what `navigator.credentials.get()` takes, as JSON: 200. Another code is mailed after a minute at the earliest; the one before is void then.
   */
  challengeSecondFactor(given: {
    readonly body: Schemas.SecondFactorChallenge;
  }, options?: CallOptions): Promise<Schemas.PasskeyRequestOptions | undefined>;

  /** What the status of an application token may be. */
  listApplicationTokenStatuses(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /** Why somebody should look at an application token. */
  listApplicationTokenAttentions(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /**
   * List application tokens.
   *
   * Every token of the caller's organisation and its direct children; never with the secrets, which nobody can read again. `q=attention:2` finds those that somebody should look at for that reason.
   */
  listApplicationTokens(given?: {
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id, description, created, status, expiry_date, ip, creator, organisation, prefix, last_used, last_used_ip, attention. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id, description, created, status, expiry_date, ip, creator, organisation, prefix, last_used, last_used_ip. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.ApplicationToken>>;

  /**
   * Create an application token.
   *
   * The answer holds the secret, this once: only its SHA-256 is kept. `expiry_date` is a date, meaning that day at 00:00 UTC, or a date-time with offset. `ip` restricts the token to a network in CIDR notation, or to one address. `roles` narrows it to some of your roles; without, it has yours, whatever they are at the time.
   */
  createApplicationToken(given: {
    readonly body: Schemas.NewApplicationToken;
  }, options?: CallOptions): Promise<Schemas.CreatedApplicationToken>;

  /** Get one application token. */
  getApplicationToken(given: {
    /** The application token's id */
    readonly id: number;
  }, options?: CallOptions): Promise<Schemas.ApplicationToken>;

  /**
   * Change or revoke an application token.
   *
   * Absent properties stay as they are; null takes a restriction away. `{ "status": { "id": 1 } }` revokes the token: it is refused from the next exchange on, and can never be activated again. An `auth_token` that it gave before lives out its time.
   */
  updateApplicationToken(given: {
    /** The application token's id */
    readonly id: number;
    readonly body: Schemas.ApplicationTokenChange;
  }, options?: CallOptions): Promise<void>;

  /**
   * Give an application token a new secret.
   *
   * The secret before works on until `overlap_seconds` have passed (0 where absent, a week at most), so that a program can be moved over without a gap; any older one stops at once.
   */
  rotateApplicationToken(given: {
    /** The application token's id */
    readonly id: number;
    readonly body?: Schemas.ApplicationTokenRotation | undefined;
  }, options?: CallOptions): Promise<Schemas.CreatedApplicationToken>;

  /** What the status of a user may be. */
  listUserStatuses(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /** The roles that there are. */
  listRoles(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.Role[]>;

  /**
   * List users.
   *
   * Whoever is at home in, or assigned to, your organisation and its direct children. For administrators.
   */
  listUsers(given?: {
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id, status, name, username, organisation, second_factor. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id, status, name, username, organisation, created. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.User>>;

  /**
   * Create a user.
   *
   * The user is pending until the link is followed that is mailed to the username. `organisation` is yours where absent, or a direct child; `roles` is User where absent, and none may go beyond yours. A username that exists out of your sight is invited instead, and the answer is the same; 409 is for one that you see.
   */
  createUser(given: {
    readonly body: Schemas.NewUser;
  }, options?: CallOptions): Promise<{ readonly id: number }>;

  /**
   * Get one user.
   *
   * Yourself; with an `auth_token` that came from an application token, the one who made that. Administrators get everybody whom they see. `roles` are those in the workspace through which you see the user: yours where they are assigned to it.
   */
  getUser(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
  }, options?: CallOptions): Promise<Schemas.User>;

  /**
   * Change name, language, username or status of a user.
   *
   * Name, username and language, in which the user is written to, are for yourself and the administrators of the home organisation, the status for the latter. `status` goes from 1 to 2 (suspended: sessions end, application tokens are refused), from 2 to 1, and from 0 to 2. A new username, another spelling of the same one included, is pending until the link is followed that is mailed to it, and sessions end. For your own it takes a sign-in of the last ten minutes, or `password`; that of somebody who also works in organisations that you do not see is theirs alone to change (1406).
   */
  updateUser(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    readonly body: Schemas.UserChange;
  }, options?: CallOptions): Promise<void>;

  /**
   * Delete a user.
   *
   * For administrators of the home organisation; nobody deletes themselves. Sessions end, and the application tokens that the user made are revoked, unless `transfer_to` hands those of your organisations over.
   */
  deleteUser(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The id of an active user of the same organisation, who may do what the tokens may */
    readonly transfer_to?: number | undefined;
  }, options?: CallOptions): Promise<void>;

  /**
   * Get what the service keeps about you.
   *
   * Everything but secrets, in one document: profile, workspaces, sessions, second factors, trusted devices, the application tokens that you made and the events that concern you, in whatever organisation they are. For people who signed in.
   */
  getOwnData(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.OwnData>;

  /** What the roles of a user permit. */
  listPermissions(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
  }, options?: CallOptions): Promise<readonly string[]>;

  /**
   * Give a user a role.
   *
   * What is so already stays. Nobody changes their own roles, gives or takes one above their own, or takes an organisation's last active administrator from it. Tokens go on, and the API sees the change at once.
   */
  addRole(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The role's id */
    readonly role_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * Take a role from a user.
   *
   * What is so already stays. Nobody changes their own roles, gives or takes one above their own, or takes an organisation's last active administrator from it. Tokens go on, and the API sees the change at once.
   */
  removeRole(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The role's id */
    readonly role_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * Give a user a role in a workspace.
   *
   * What is so already stays. Nobody changes their own roles, gives or takes one above their own, or takes an organisation's last active administrator from it. Tokens go on, and the API sees the change at once.
   */
  addWorkspaceRole(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The organisation's id */
    readonly workspace_id: number;
    /** The role's id */
    readonly role_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * Take a role from a user in a workspace.
   *
   * What is so already stays. Nobody changes their own roles, gives or takes one above their own, or takes an organisation's last active administrator from it. Tokens go on, and the API sees the change at once.
   */
  removeWorkspaceRole(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The organisation's id */
    readonly workspace_id: number;
    /** The role's id */
    readonly role_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * Switch to another workspace.
   *
   * For whoever signed in; a SuperAdmin can switch to every workspace of the main organisation. From now on the session works there, and its refresh token gives tokens for it; auth tokens for the workspace before live out their time. One that requires a second factor is 401 where the session began with the password alone: sign in again.
   */
  switchWorkspace(given: {
    readonly body: Schemas.WorkspaceSwitch;
  }, options?: CallOptions): Promise<Schemas.SwitchedWorkspace>;

  /**
   * Invite somebody to an organisation.
   *
   * A link is mailed to the username; whoever has an account already is assigned once they follow it. `organisation` is yours where absent, or a direct child; `roles` is Administrator where absent. 409 where they have a place there.
   */
  inviteUser(given: {
    readonly body: Schemas.NewUser;
  }, options?: CallOptions): Promise<Schemas.InvitedUser>;

  /**
   * List the workspaces of a user.
   *
   * Your own, with the invitations that wait for you; of others those that you administer. Statuses are those of users: 0 where an invitation is not yet accepted.
   */
  listWorkspaces(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.Workspace>>;

  /**
   * Suspend a user in a workspace, or activate them there.
   *
   * The account stays as it is. Sessions and application tokens stop working in that workspace at once.
   */
  updateWorkspace(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The organisation's id */
    readonly workspace_id: number;
    readonly body: Schemas.WorkspaceChange;
  }, options?: CallOptions): Promise<void>;

  /**
   * Take a user from a workspace, or leave it.
   *
   * Also withdraws an invitation, or declines one. From the default workspace, the one that is held longest becomes the default; from the last, the user stays without.
   */
  leaveWorkspace(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The organisation's id */
    readonly workspace_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * Make another workspace the default one.
   *
   * The account belongs to that organisation from now on, and sign-ins begin there. For whoever is Administrator in both.
   */
  setDefaultWorkspace(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** The organisation's id */
    readonly workspace_id: number;
  }, options?: CallOptions): Promise<Schemas.User>;

  /**
   * Use the key of a mail.
   *
   * The key is the `activationKey` of the link in a mail: it activates an account, accepts an invitation, confirms a sign-up or a new username, or finishes a password reset. It works once, for 72 hours (one hour for a reset), and no more once the user's password or username has changed; an invitation outlives the choice of the first password.
   *
   * `password` is needed where the user has none yet, to confirm a sign-up, and to finish a reset; every session ends then. To confirm a new username it is the account's current password, judged as at a sign-in, and a user who has one to confirm accepts invitations with it as well. What is refused with 422 does not use the key up. A bad or used key is 400.
   */
  activateUser(given: {
    readonly body: Schemas.Activation;
  }, options?: CallOptions): Promise<void>;

  /**
   * Use the key of a mail, and say what the person is called.
   *
   * The key is the `activationKey` of the link in a mail: it activates an account, accepts an invitation, confirms a sign-up or a new username, or finishes a password reset. It works once, for 72 hours (one hour for a reset), and no more once the user's password or username has changed; an invitation outlives the choice of the first password.
   *
   * `password` is needed where the user has none yet, to confirm a sign-up, and to finish a reset; every session ends then. To confirm a new username it is the account's current password, judged as at a sign-in, and a user who has one to confirm accepts invitations with it as well. What is refused with 422 does not use the key up. A bad or used key is 403.
   */
  activateInvitedUser(given: {
    readonly body: Schemas.ActivationWithAName;
  }, options?: CallOptions): Promise<void>;

  /**
   * Have the mail with the activation link sent again.
   *
   * The answer is the same whether there is such a user or not, and whether it waits for activation. Links that were mailed before go on working.
   */
  resendActivation(given: {
    readonly body: Schemas.MailRequest;
  }, options?: CallOptions): Promise<void>;

  /**
   * Have a mail sent with a link to choose a new password.
   *
   * The answer is the same whether there is such a user or not. The link works for an hour; it is finished like an activation, with `password`.
   */
  requestPasswordReset(given: {
    readonly body: Schemas.MailRequest;
  }, options?: CallOptions): Promise<void>;

  /**
   * Make an organisation, and become its first administrator.
   *
   * Only where sign-up is open (`KEYWRIGHT_SIGNUP`). A mail goes to the address, and with the key of its link and the password, this one or another, the account and the organisation come to be. The answer is the same where the address has an account already; the mail then says so. Mails are in the language that `Accept-Language` prefers: English or German.
   */
  signUp(given: {
    readonly body: Schemas.SignUp;
  }, options?: CallOptions): Promise<void>;

  /**
   * Change your own password.
   *
   * The calling session goes on; every other one ends, and so do pending `mfa_token`s and trusted devices. Application tokens stay. A wrong `old_password` is 422, and counts towards the lock-out like a failed sign-in.
   */
  changePassword(given: {
    readonly body: Schemas.PasswordChange;
  }, options?: CallOptions): Promise<void>;

  /** What the status of a second factor may be. */
  listMfaStatuses(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /** What a second factor may be. */
  listMfaTypes(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /**
   * Begin to set a second factor up.
   *
   * It is in force once its first code has confirmed it; a factor that is not confirmed within an hour may be begun anew, and one that waits may be removed. For a TOTP the answer holds `secret_key` and `otpauth`, this once; for a passkey `public_key`, what `navigator.credentials.create()` takes; for e-mail codes the first code is mailed. A wrong password counts as one at a sign-in does. Beside a factor that is active it takes a `code` too, unless the sign-in passed the second factor, or the first one was put in force, within ten minutes (1406).
   *
   * Where an organisation requires a second factor, a user without one gets an `mfa_token` with the method `enrolment`: it is a bearer here and for the activation, and nowhere else; then it goes into the second step as any other. With it, one that waits for its first code is begun anew at any time.
   */
  createMfaKey(given: {
    readonly body: Schemas.NewSecondFactor;
  }, options?: CallOptions): Promise<Schemas.CreatedSecondFactor>;

  /**
   * Put a second factor in force.
   *
   * `{ "status": { "id": 1 }, "code": … }` with the first code, which is used up by that; for a passkey with `credential`, what `navigator.credentials.create()` gave, as JSON. Every trusted device and every `mfa_token` that waits for its second step is void from then on.
   */
  activateMfaKey(given: {
    /** The second factor's id */
    readonly key_id: number;
    readonly body: Schemas.SecondFactorActivation;
  }, options?: CallOptions): Promise<void>;

  /**
   * Make recovery codes.
   *
   * Ten codes, each for one use as `code` in the second step, in the place of any made before. They are shown this once, and go with the last second factor; while none is in force, there are none (1406). They take a `code` too, unless the sign-in passed the second factor, or the first one was put in force, within ten minutes (1406).
   */
  createRecoveryCodes(given: {
    readonly body: Schemas.NewRecoveryCodes;
  }, options?: CallOptions): Promise<Schemas.RecoveryCodes>;

  /**
   * Remove a second factor.
   *
   * Your own active one: within ten minutes of a sign-in with the second factor, or with `password` and `code` in the body. Others': for administrators of their home organisation. Every trusted device and every `mfa_token` that waits for its second step is void from then on.
   */
  deleteMfaKey(given: {
    /** `my`, or a user's id or username */
    readonly user_id: string | number;
    /** The second factor's id */
    readonly key_id: number;
    readonly body?: Schemas.SecondFactorRemoval | undefined;
  }, options?: CallOptions): Promise<void>;

  /**
   * List your own trusted devices.
   *
   * A trusted device skips the second step until its `expiry_date`; a new password or a change of the second factors ends that at once. Others' devices are for administrators of their home organisation.
   */
  listOwnTrustedDevices(given?: {
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.TrustedDevice>>;

  /** Trust your own device no longer. */
  deleteOwnTrustedDevice(given: {
    /** The trusted device's id */
    readonly device_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * List a user's trusted devices.
   *
   * A trusted device skips the second step until its `expiry_date`; a new password or a change of the second factors ends that at once. Others' devices are for administrators of their home organisation.
   */
  listTrustedDevices(given: {
    /** `my`, or a user's id or username */
    readonly user_id: string | number;
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.TrustedDevice>>;

  /** Trust a user's device no longer. */
  deleteTrustedDevice(given: {
    /** `my`, or a user's id or username */
    readonly user_id: string | number;
    /** The trusted device's id */
    readonly device_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * List the sessions of a user.
   *
   * Those that have neither ended nor expired, the last used first where `sort` says nothing else. Others' sessions are for administrators of their home organisation.
   */
  listSessions(given: {
    /** `my`, or a user's id or username */
    readonly user_id: string | number;
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id, created, last_used. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id, created, last_used. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.Session>>;

  /**
   * End every session of a user: sign out everywhere.
   *
   * With them go the trusted devices and the second steps that wait, also where `keep_current` lets the session of the call go on. For the sessions of somebody else it makes no difference.
   */
  endAllSessions(given: {
    /** `my`, or a user's id or username */
    readonly user_id: string | number;
    /** `true` lets the session of this call go on */
    readonly keep_current?: boolean | undefined;
  }, options?: CallOptions): Promise<void>;

  /**
   * End a session: sign out.
   *
   * Its refresh token and its auth tokens are refused from now on.
   */
  endSession(given: {
    /** `my`, or a user's id or username */
    readonly user_id: string | number;
    /** The session's id, or the `sid` of its tokens */
    readonly session_id: number;
  }, options?: CallOptions): Promise<void>;

  /**
   * Act as a user, as a platform operator.
   *
   * An auth token as that user for 60 minutes, as an observer or an administrator, within the user's own rights. Its `act` claim names the operator, the workspace's administrators see an event, and the user sees and can end the session. It changes nothing of the account itself.
   */
  createSupportToken(given: {
    /** The user's id or username, in any organisation */
    readonly user_id: string | number;
    readonly body?: Schemas.SupportAccess | undefined;
  }, options?: CallOptions): Promise<Schemas.SupportToken>;

  /** Get an organisation and its settings. */
  getOrganisation(given: {
    /** `my` for the one that you work in, or the id of that one or a direct child */
    readonly id: string | number;
  }, options?: CallOptions): Promise<Schemas.Organisation>;

  /**
   * Change the name or the settings of an organisation.
   *
   * `mfa_required` counts from the next sign-in of each user on: whoever has no second factor has to set one up then. A session that began with the password alone does not switch to the organisation.
   */
  updateOrganisation(given: {
    /** `my` for the one that you work in, or the id of that one or a direct child */
    readonly id: string | number;
    readonly body: Schemas.OrganisationChange;
  }, options?: CallOptions): Promise<void>;

  /** The types of events that there are. */
  listEventTypes(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /** Where an event may come from. */
  listEventSources(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /** How severe an event may be. */
  listEventSeverities(given?: Record<string, never>, options?: CallOptions): Promise<readonly Schemas.LookupValue[]>;

  /**
   * List the events of the organisation.
   *
   * Of the caller's organisation and its direct children. Failed attempts appear within a second; the event of a change is there when the change is answered.
   */
  listEvents(given?: {
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id, timestamp, from, until, type, source, severity, alert, description, user, organisation, request_id. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id, timestamp, type, source, severity, alert, description, user, organisation, request_id. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.Event>>;

  /**
   * Export the events of the organisation, one JSON object a line.
   *
   * All that the filters let through, in order of their ids, without pages.
   */
  exportEvents(given?: {
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id, timestamp, from, until, type, source, severity, alert, description, user, organisation, request_id. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id, timestamp, type, source, severity, alert, description, user, organisation, request_id. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): AsyncGenerator<Schemas.Event, void, undefined>;

  /**
   * List the events of a user.
   *
   * Your own; of others for whoever may see the events of the organisation.
   */
  listUserEvents(given: {
    /** `my` for yourself, or the id or username of a user whom you see */
    readonly user_id: string | number;
    /** Filters, as `field:value,field:value`; every one must hold. Fields: id, timestamp, from, until, type, source, severity, alert, description, user, organisation, request_id. In texts, `*` stands for anything, and case does not count; `\,` is a comma. Lookups take the id, users the id or the username. Times take a date-time, or a day, month or year: `2027-10`. */
    readonly q?: string | undefined;
    /** Fields to sort by, as `field,-field`; `-` sorts down. Fields: id, timestamp, type, source, severity, alert, description, user, organisation, request_id. */
    readonly sort?: string | undefined;
    /** Under 1 gives the first page, over the last gives the last */
    readonly page?: number | undefined;
    /** Under 1 gives 100; 1000 is the most */
    readonly per_page?: number | undefined;
  }, options?: CallOptions): Promise<Page<Schemas.Event>>;

  /**
   * Sign in to the portal.
   *
   * Takes user credentials, or what completes them, as `POST /api/v1/authenticate` does, and counts failures together with it. The refresh token becomes a cookie, and a session that the browser was in ends.
   */
  signIn(given: {
    readonly body: Schemas.SignIn;
  }, options?: CallOptions): Promise<Schemas.PortalSession>;

  /**
   * Sign out of the portal.
   *
   * Ends the session in the cookie, and the cookie; without one there is nothing to end.
   */
  signOut(given?: Record<string, never>, options?: CallOptions): Promise<void>;

  /**
   * Get an auth token for the session in the cookie.
   *
   * Tabs may do so at once. With rotation on the cookie changes, and the one before is honoured for 30 seconds more.
   */
  refreshPortalSession(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.AuthToken>;

  /**
   * Get what the key of a mail is for.
   *
   * It is not used up by that. A bad or used key is 400.
   */
  previewActivation(given: {
    readonly body: Schemas.ActivationKey;
  }, options?: CallOptions): Promise<Schemas.ActivationPreview>;

  /**
   * Get what the portal has to know before anybody has signed in.
   *
   * Nothing of it is secret. `address` is where this call comes from, as the service sees it.
   */
  getPortalSettings(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.PortalSettings>;

  /**
   * Make the first administrator.
   *
   * Only while there is no user at all. `setup_key` is in the one-time link that the first start prints; the page behind that link has a form for this call.
   */
  setUp(given: {
    readonly body: Schemas.SetUp;
  }, options?: CallOptions): Promise<void>;

  /**
   * Decide whether a proxy may pass a request on.
   *
   * For reverse proxies, which ask here before they pass a request on (nginx `auth_request`, Traefik `forwardAuth`, Caddy `forward_auth`, Envoy `ext_authz`). The bearer is the one of the request that is to be passed on. Whether it is good the store says: a suspended user, an ended session, and a revoked, expired or rotated application token are refused at once.
   *
   * Any method is answered as `GET` is, without a look at the body. Below this path, whatever follows, the answer is 200 instead of 204, and the query is passed over: for Envoy, which sends the path and the query of the request, and takes nothing but 200 for a yes.
   *
   * Nothing that proxies say about the request (`X-Forwarded-Method`, `X-Forwarded-Uri` …) is looked at. Calls with a good bearer are not counted by the limits.
   */
  authoriseForwarded(given?: {
    /** Requires one of these roles, between commas, or one that includes it: `Administrator,Observer`. Given several times, each is required */
    readonly role?: string | undefined;
  }, options?: CallOptions): Promise<void>;

  /**
   * Follow what ends auth tokens before their time.
   *
   * Server-sent events, without end. First comes what is in force, then `current`: whoever has that knows of everything revoked before. It comes again every two seconds; without it for longer, you miss something. `revocation` has an entry as its data. `reset`: forget what you know, everything in force follows. Of your organisation and its direct children; with the role Service of all. Calls with a good bearer are not counted by the limits; 503 where too many streams are open, of the caller (50), of the organisation or from the address (a quarter of the places that are free), or in all (1000).
   */
  followRevocations(given?: Record<string, never>, options?: CallOptions): Promise<Response>;

  /**
   * Get the public keys that auth tokens are signed with.
   *
   * With HS256, which is the default, there is no public key and `keys` is empty. Keep the answer for five minutes; a key is published before it signs.
   */
  getKeySet(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.KeySet>;

  /**
   * Get what OAuth clients configure themselves by.
   *
   * The metadata of RFC 8414: `issuer` is the `iss` of every token, and the public URL of the service. 404 where that is neither https nor on loopback.
   */
  getServerMetadata(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.ServerMetadata>;

  /** Whether the process lives. */
  getHealth(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.Health>;

  /** Whether the instance can serve. */
  getReadiness(given?: Record<string, never>, options?: CallOptions): Promise<Schemas.Health>;

  /**
   * Get an access token for client credentials.
   *
   * The exchange of an application token as OAuth 2.0 has it (RFC 6749 §4.4): the access token is the `auth_token` of `POST /api/v1/authenticate`, with the same checks and limits. Credentials are an application token's id as `client_id` and the token itself as `client_secret`, as HTTP Basic or in the form, not both. `scope` is refused: roles say what a token may do.
   */
  grantAccessToken(given: {
    readonly body: Schemas.AccessTokenRequest;
  }, options?: CallOptions): Promise<Schemas.AccessToken>;

  /**
   * Learn what an auth token is worth now.
   *
   * By the store, not by the token alone (RFC 7662): inactive is what has expired, whose user is suspended, whose session has ended, or whose application token is revoked, expired or rotated. So is what belongs to another organisation than the caller's, unless the caller has the role Service, and what is no auth token: the answer is `{"active":false}` then, and no more. Credentials are an application token's id as `client_id` and the token itself as `client_secret`, as HTTP Basic or in the form, not both; or a bearer. Calls with good credentials are not counted by the limits.
   */
  introspectToken(given: {
    readonly body: Schemas.IntrospectionRequest;
  }, options?: CallOptions): Promise<Schemas.Introspection>;

  /**
   * Revoke a token.
   *
   * An application token, where the caller may revoke it over the API too; or, by its refresh token or one of its auth tokens, a session (RFC 7009). A token that is unknown, over or another organisation's is 200 as well. Credentials are an application token's id as `client_id` and the token itself as `client_secret`, as HTTP Basic or in the form, not both; or a bearer.
   */
  revokeToken(given: {
    readonly body: Schemas.RevocationRequest;
  }, options?: CallOptions): Promise<Readonly<Record<string, unknown>>>;
}

/** The calls that answer a collection page by page, to go through all of it. */
export interface Collections {
  /**
   * List application tokens.
   *
   * Every token of the caller's organisation and its direct children; never with the secrets, which nobody can read again. `q=attention:2` finds those that somebody should look at for that reason.
   */
  listApplicationTokens(given?: Omit<NonNullable<Parameters<Api['listApplicationTokens']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.ApplicationToken, void, undefined>;

  /**
   * List users.
   *
   * Whoever is at home in, or assigned to, your organisation and its direct children. For administrators.
   */
  listUsers(given?: Omit<NonNullable<Parameters<Api['listUsers']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.User, void, undefined>;

  /**
   * List the workspaces of a user.
   *
   * Your own, with the invitations that wait for you; of others those that you administer. Statuses are those of users: 0 where an invitation is not yet accepted.
   */
  listWorkspaces(given: Omit<NonNullable<Parameters<Api['listWorkspaces']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.Workspace, void, undefined>;

  /**
   * List your own trusted devices.
   *
   * A trusted device skips the second step until its `expiry_date`; a new password or a change of the second factors ends that at once. Others' devices are for administrators of their home organisation.
   */
  listOwnTrustedDevices(given?: Omit<NonNullable<Parameters<Api['listOwnTrustedDevices']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.TrustedDevice, void, undefined>;

  /**
   * List a user's trusted devices.
   *
   * A trusted device skips the second step until its `expiry_date`; a new password or a change of the second factors ends that at once. Others' devices are for administrators of their home organisation.
   */
  listTrustedDevices(given: Omit<NonNullable<Parameters<Api['listTrustedDevices']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.TrustedDevice, void, undefined>;

  /**
   * List the sessions of a user.
   *
   * Those that have neither ended nor expired, the last used first where `sort` says nothing else. Others' sessions are for administrators of their home organisation.
   */
  listSessions(given: Omit<NonNullable<Parameters<Api['listSessions']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.Session, void, undefined>;

  /**
   * List the events of the organisation.
   *
   * Of the caller's organisation and its direct children. Failed attempts appear within a second; the event of a change is there when the change is answered.
   */
  listEvents(given?: Omit<NonNullable<Parameters<Api['listEvents']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.Event, void, undefined>;

  /**
   * List the events of a user.
   *
   * Your own; of others for whoever may see the events of the organisation.
   */
  listUserEvents(given: Omit<NonNullable<Parameters<Api['listUserEvents']>[0]>, 'page'>, options?: CallOptions): AsyncGenerator<Schemas.Event, void, undefined>;
}

export const calls = {
  authenticate: { method: 'POST', path: '/api/v1/authenticate', query: [], body: 'json', answer: 'json', sendsToken: false },
  challengeSecondFactor: { method: 'POST', path: '/api/v1/authenticate/challenge', query: [], body: 'json', answer: 'json', sendsToken: false },
  listApplicationTokenStatuses: { method: 'GET', path: '/api/v1/application_token/status', query: [], answer: 'json', sendsToken: true },
  listApplicationTokenAttentions: { method: 'GET', path: '/api/v1/application_token/attention', query: [], answer: 'json', sendsToken: true },
  listApplicationTokens: { method: 'GET', path: '/api/v1/application_token', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  createApplicationToken: { method: 'POST', path: '/api/v1/application_token', query: [], body: 'json', answer: 'json', sendsToken: true },
  getApplicationToken: { method: 'GET', path: '/api/v1/application_token/{id}', query: [], answer: 'json', sendsToken: true },
  updateApplicationToken: { method: 'PATCH', path: '/api/v1/application_token/{id}', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  rotateApplicationToken: { method: 'POST', path: '/api/v1/application_token/{id}/rotate', query: [], body: 'json', answer: 'json', sendsToken: true },
  listUserStatuses: { method: 'GET', path: '/api/v1/user/status', query: [], answer: 'json', sendsToken: true },
  listRoles: { method: 'GET', path: '/api/v1/user/role', query: [], answer: 'json', sendsToken: true },
  listUsers: { method: 'GET', path: '/api/v1/user', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  createUser: { method: 'POST', path: '/api/v1/user', query: [], body: 'json', answer: 'location', sendsToken: true },
  getUser: { method: 'GET', path: '/api/v1/user/{user_id}', query: [], answer: 'json', sendsToken: true },
  updateUser: { method: 'PATCH', path: '/api/v1/user/{user_id}', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  deleteUser: { method: 'DELETE', path: '/api/v1/user/{user_id}', query: ['transfer_to'], answer: 'nothing', sendsToken: true },
  getOwnData: { method: 'GET', path: '/api/v1/user/my/data', query: [], answer: 'json', sendsToken: true },
  listPermissions: { method: 'GET', path: '/api/v1/user/{user_id}/role/permission', query: [], answer: 'json', sendsToken: true },
  addRole: { method: 'PUT', path: '/api/v1/user/{user_id}/role/{role_id}', query: [], answer: 'nothing', sendsToken: true },
  removeRole: { method: 'DELETE', path: '/api/v1/user/{user_id}/role/{role_id}', query: [], answer: 'nothing', sendsToken: true },
  addWorkspaceRole: { method: 'PUT', path: '/api/v2/user/{user_id}/workspace/{workspace_id}/role/{role_id}', query: [], answer: 'nothing', sendsToken: true },
  removeWorkspaceRole: { method: 'DELETE', path: '/api/v2/user/{user_id}/workspace/{workspace_id}/role/{role_id}', query: [], answer: 'nothing', sendsToken: true },
  switchWorkspace: { method: 'POST', path: '/api/v1/authenticate/workspace', query: [], body: 'json', answer: 'json', sendsToken: true },
  inviteUser: { method: 'POST', path: '/api/v2/user/invitation', query: [], body: 'json', answer: 'json', sendsToken: true },
  listWorkspaces: { method: 'GET', path: '/api/v2/user/{user_id}/workspace', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  updateWorkspace: { method: 'PATCH', path: '/api/v2/user/{user_id}/workspace/{workspace_id}', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  leaveWorkspace: { method: 'DELETE', path: '/api/v2/user/{user_id}/workspace/{workspace_id}', query: [], answer: 'nothing', sendsToken: true },
  setDefaultWorkspace: { method: 'PUT', path: '/api/v2/user/{user_id}/default_organisation/{workspace_id}', query: [], answer: 'json', sendsToken: true },
  activateUser: { method: 'POST', path: '/api/v1/user/activation', query: [], body: 'json', answer: 'nothing', sendsToken: false },
  activateInvitedUser: { method: 'POST', path: '/api/v2/user/activation', query: [], body: 'json', answer: 'nothing', sendsToken: false },
  resendActivation: { method: 'POST', path: '/api/v1/user/activation_resend', query: [], body: 'json', answer: 'nothing', sendsToken: false },
  requestPasswordReset: { method: 'POST', path: '/api/v1/user/password_reset', query: [], body: 'json', answer: 'nothing', sendsToken: false },
  signUp: { method: 'POST', path: '/api/v1/signup', query: [], body: 'json', answer: 'nothing', sendsToken: false },
  changePassword: { method: 'PATCH', path: '/api/v1/user/password', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  listMfaStatuses: { method: 'GET', path: '/api/v1/user/mfa/status', query: [], answer: 'json', sendsToken: true },
  listMfaTypes: { method: 'GET', path: '/api/v1/user/mfa/type', query: [], answer: 'json', sendsToken: true },
  createMfaKey: { method: 'POST', path: '/api/v1/user/mfa', query: [], body: 'json', answer: 'json', sendsToken: true },
  activateMfaKey: { method: 'PATCH', path: '/api/v1/user/mfa/{key_id}', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  createRecoveryCodes: { method: 'POST', path: '/api/v1/user/mfa/recovery_code', query: [], body: 'json', answer: 'json', sendsToken: true },
  deleteMfaKey: { method: 'DELETE', path: '/api/v1/user/{user_id}/mfa/{key_id}', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  listOwnTrustedDevices: { method: 'GET', path: '/api/v1/user/mfa/trusted_device', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  deleteOwnTrustedDevice: { method: 'DELETE', path: '/api/v1/user/mfa/trusted_device/{device_id}', query: [], answer: 'nothing', sendsToken: true },
  listTrustedDevices: { method: 'GET', path: '/api/v1/user/{user_id}/mfa/trusted_device', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  deleteTrustedDevice: { method: 'DELETE', path: '/api/v1/user/{user_id}/mfa/trusted_device/{device_id}', query: [], answer: 'nothing', sendsToken: true },
  listSessions: { method: 'GET', path: '/api/v1/user/{user_id}/session', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  endAllSessions: { method: 'DELETE', path: '/api/v1/user/{user_id}/session', query: ['keep_current'], answer: 'nothing', sendsToken: true },
  endSession: { method: 'DELETE', path: '/api/v1/user/{user_id}/session/{session_id}', query: [], answer: 'nothing', sendsToken: true },
  createSupportToken: { method: 'POST', path: '/api/v2/user/{user_id}/support_token', query: [], body: 'json', answer: 'json', sendsToken: true },
  getOrganisation: { method: 'GET', path: '/api/v1/organisation/{id}', query: [], answer: 'json', sendsToken: true },
  updateOrganisation: { method: 'PATCH', path: '/api/v1/organisation/{id}', query: [], body: 'json', answer: 'nothing', sendsToken: true },
  listEventTypes: { method: 'GET', path: '/api/v1/event/type', query: [], answer: 'json', sendsToken: true },
  listEventSources: { method: 'GET', path: '/api/v1/event/source', query: [], answer: 'json', sendsToken: true },
  listEventSeverities: { method: 'GET', path: '/api/v1/event/severity', query: [], answer: 'json', sendsToken: true },
  listEvents: { method: 'GET', path: '/api/v1/event', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  exportEvents: { method: 'GET', path: '/api/v1/event/export', query: ['q', 'sort', 'page', 'per_page'], answer: 'lines', sendsToken: true },
  listUserEvents: { method: 'GET', path: '/api/v1/user/{user_id}/event', query: ['q', 'sort', 'page', 'per_page'], answer: 'page', sendsToken: true },
  signIn: { method: 'POST', path: '/portal/session', query: [], body: 'json', answer: 'json', sendsToken: false },
  signOut: { method: 'DELETE', path: '/portal/session', query: [], answer: 'nothing', sendsToken: false },
  refreshPortalSession: { method: 'POST', path: '/portal/session/refresh', query: [], answer: 'json', sendsToken: false },
  previewActivation: { method: 'POST', path: '/portal/activation', query: [], body: 'json', answer: 'json', sendsToken: false },
  getPortalSettings: { method: 'GET', path: '/portal/settings', query: [], answer: 'json', sendsToken: false },
  setUp: { method: 'POST', path: '/api/v1/setup', query: [], body: 'json', answer: 'nothing', sendsToken: false },
  authoriseForwarded: { method: 'GET', path: '/api/v1/forward_auth', query: ['role'], answer: 'nothing', sendsToken: true },
  followRevocations: { method: 'GET', path: '/api/v1/revocation', query: [], answer: 'response', sendsToken: true },
  getKeySet: { method: 'GET', path: '/.well-known/jwks.json', query: [], answer: 'json', sendsToken: false },
  getServerMetadata: { method: 'GET', path: '/.well-known/oauth-authorization-server', query: [], answer: 'json', sendsToken: false },
  getHealth: { method: 'GET', path: '/healthz', query: [], answer: 'json', sendsToken: false },
  getReadiness: { method: 'GET', path: '/readyz', query: [], answer: 'json', sendsToken: false },
  grantAccessToken: { method: 'POST', path: '/oauth2/token', query: [], body: 'form', answer: 'json', sendsToken: false },
  introspectToken: { method: 'POST', path: '/oauth2/introspect', query: [], body: 'form', answer: 'json', sendsToken: true },
  revokeToken: { method: 'POST', path: '/oauth2/revoke', query: [], body: 'form', answer: 'json', sendsToken: true },
} as const satisfies Readonly<Record<keyof Api, CallDescription>>;
