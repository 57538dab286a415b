import { type Static, Type } from 'typebox';
import { type Lookup, lookupSchema, TimestampSchema } from './lookup.ts';
import { OrganisationReferenceSchema } from './organisation.ts';

/** Every type of event, by name. Those under 1000 are as published; the rest is our own, one for each state change. */
export const eventTypes = {
  UserAuthenticationFailed: { id: 6, description: 'User authentication failed' },
  ApplicationAuthenticationFailed: { id: 7, description: 'Application authentication failed' },
  SupportAccess: { id: 13, description: 'Support Access' },
  MultiFactorAuthentication: { id: 14, description: 'Multi-factor Authentication' },
  UserSignedIn: { id: 1000, description: 'User signed in' },
  SessionsEnded: { id: 1001, description: 'Sessions ended' },
  AccountLocked: { id: 1002, description: 'Account locked' },
  AccountUnlocked: { id: 1003, description: 'Account unlocked' },
  UserCreated: { id: 1010, description: 'User created' },
  UserActivated: { id: 1011, description: 'User activated' },
  UserSuspended: { id: 1012, description: 'User suspended' },
  PasswordChanged: { id: 1013, description: 'Password changed' },
  PasswordRehashed: { id: 1014, description: 'Password hash renewed' },
  RolesChanged: { id: 1015, description: 'Roles changed' },
  ApplicationTokenCreated: { id: 1020, description: 'Application token created' },
  ApplicationTokenUpdated: { id: 1021, description: 'Application token updated' },
  ApplicationTokenRevoked: { id: 1022, description: 'Application token revoked' },
  ApplicationTokenRotated: { id: 1023, description: 'Application token rotated' },
  OrganisationCreated: { id: 1030, description: 'Organisation created' },
  SigningKeyCreated: { id: 1040, description: 'Signing key created' },
  SigningKeyActivated: { id: 1041, description: 'Signing key activated' },
  SigningKeyRetired: { id: 1042, description: 'Signing key retired' },
  SigningKeyRemoved: { id: 1043, description: 'Signing key removed' },
  UserUpdated: { id: 1060, description: 'User updated' },
  UserDeleted: { id: 1061, description: 'User deleted' },
  UsernameChanged: { id: 1062, description: 'Username changed' },
  UserInvited: { id: 1063, description: 'User invited' },
  InvitationDeclined: { id: 1064, description: 'Invitation declined' },
  WorkspaceSwitched: { id: 1065, description: 'Workspace switched' },
  WorkspaceSuspended: { id: 1066, description: 'Suspended in a workspace' },
  WorkspaceActivated: { id: 1067, description: 'Activated in a workspace' },
  WorkspaceRemoved: { id: 1068, description: 'Removed from a workspace' },
  WorkspaceLeft: { id: 1069, description: 'Left a workspace' },
  DefaultWorkspaceChanged: { id: 1070, description: 'Default workspace changed' },
  OrganisationUpdated: { id: 1071, description: 'Organisation updated' },
  ApplicationTokenTransferred: { id: 1072, description: 'Application token handed over' },
  PasswordResetRequested: { id: 1080, description: 'Password reset requested' },
  PasswordReset: { id: 1081, description: 'Password reset' },
  InvitationAccepted: { id: 1082, description: 'Invitation accepted' },
  ActivationRequested: { id: 1083, description: 'Activation mail requested' },
  ActivationFailed: { id: 1084, description: 'Activation failed' },
  UsernameConfirmed: { id: 1085, description: 'Username confirmed' },
  SignUpRequested: { id: 1086, description: 'Sign-up requested' },
  SignedUp: { id: 1087, description: 'Signed up' },
  MailGivenUp: { id: 1088, description: 'Mail given up' },
  SigningKeyExported: { id: 1044, description: 'Signing key exported' },
  RefreshTokenReused: { id: 1120, description: 'Refresh token used again' },
  OperatorAdded: { id: 1121, description: 'Platform operator added' },
  OperatorRemoved: { id: 1122, description: 'Platform operator removed' },
  SecondFactorAsked: { id: 1100, description: 'Second factor asked' },
  TrustedDeviceAdded: { id: 1101, description: 'Trusted device added' },
  TrustedDeviceRemoved: { id: 1102, description: 'Trusted device removed' },
  SecondFactorRequirementChanged: { id: 1104, description: 'Second factor requirement changed' },
  AllTokensRevoked: { id: 1130, description: 'All tokens revoked' },
  UserImported: { id: 1150, description: 'User imported' },
  SetupCompleted: { id: 1050, description: 'Set-up completed' },
} as const;

export type EventTypeName = keyof typeof eventTypes;

/** Where an event comes from. */
export const eventSources: readonly Lookup[] = [
  { id: 0, description: 'Network' },
  { id: 1, description: 'Policy Control' },
  { id: 2, description: 'API' },
  { id: 3, description: 'Portal' },
  { id: 4, description: 'Command line' },
];

export const eventSeverities: readonly Lookup[] = [
  { id: 0, description: 'Info' },
  { id: 1, description: 'Warn' },
  { id: 2, description: 'Critical' },
];

export const EventSchema = Type.Object(
  {
    id: Type.Integer({ description: "Counts the organisation's events from 1; unique together with the organisation" }),
    timestamp: TimestampSchema,
    alert: Type.Boolean({ description: 'Whether somebody should look at it' }),
    description: Type.String(),
    event_type: lookupSchema('Event type', Object.values(eventTypes)),
    event_source: lookupSchema('Event source', eventSources),
    event_severity: lookupSchema('Event severity', eventSeverities),
    organisation: Type.Union([OrganisationReferenceSchema, Type.Null()]),
    user: Type.Union([
      Type.Object({ id: Type.Integer(), username: Type.String(), name: Type.String() }, { title: 'Event user' }),
      Type.Null(),
    ]),
    request_id: Type.Union([Type.String(), Type.Null()], {
      description: 'The X-Request-Id of the answer that it belongs to',
    }),
    detail: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: 'Event' },
);

/** An event as the API answers it. */
export type EventResource = Static<typeof EventSchema>;
