/** What the page about connecting an API says, in English. */
export const connectEnglish = {
  title: 'Connect an API',
  description:
    'Programs send an auth token with each call. An API verifies it by itself, without asking Keywright; only the keys have to be known.',
  endpoints: 'Endpoints',
  names: {
    issuer: 'Issuer (iss)',
    audience: 'Audience (aud)',
    algorithm: 'Algorithm',
    exchange: 'Exchange a token',
    oauth: 'OAuth 2 token endpoint',
    introspection: 'Introspection',
    revocations: 'Revocation feed',
    keys: 'Public keys (JWKS)',
    metadata: 'OAuth 2 metadata',
    forwardAuth: 'For reverse proxies',
  },
  copyOf: (name: string) => `Copy ${name}`,
  keys: 'Keys',
  publicKeys: (algorithm: string) =>
    `Auth tokens are signed with ${algorithm}. Whoever verifies them needs the public keys alone, which libraries fetch and follow.`,
  sharedSecret:
    'Auth tokens are signed with HS256: whoever can verify them can also make them. Give the secret to nobody but APIs of your own, or switch to public keys with KEYWRIGHT_SIGNING_ALGORITHM=EdDSA (or ES256), which takes nothing but a restart.',
  exportSecret: 'The operator exports the secrets on the server:',
  snippets: 'Snippets',
  languages: { curl: 'curl', node: 'Node.js', python: 'Python', go: 'Go', java: 'Java', nginx: 'nginx' },
  copySnippet: 'Copy',
  revocationHint:
    'Revoked tokens are refused within a second by verifiers that follow the revocation feed; without it they live out their time.',
} as const;
