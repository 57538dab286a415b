/**
 * oidc-provider as a peer: client_credentials (RFC 6749 §4.4) for JWT access tokens (RFC 9068), everything in memory.
 *
 * Run by the benchmarks: `node oidc-provider.js PORT FOLDER TOKENS ALGORITHM`, which is EdDSA, ES256 or RS256. It makes
 * that many clients, prints a line of JSON with `id:secret` of each once it listens, and answers `POST /token` with
 * `grant_type=client_credentials`.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, , clientCount, algorithm] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'https://api.example.com';

const keyTypes = {
  EdDSA: () => generateKeyPairSync('ed25519'),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

function signingKey() {
  const { privateKey } = keyTypes[algorithm]();
  return { ...privateKey.export({ format: 'jwk' }), alg: algorithm, use: 'sig' };
}

const clients = Array.from({ length: Number(clientCount) }, (_, index) => ({
  client_id: `client-${index}`,
  client_secret: randomBytes(32).toString('base64url'),
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_post',
  id_token_signed_response_alg: algorithm,
}));

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [signingKey()] },
  enabledJWA: { idTokenSigningAlgValues: [algorithm] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo: () => ({
        audience,
        scope: '',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 14_400,
        jwt: { sign: { alg: algorithm } },
      }),
    },
  },
});

provider.listen(Number(port), '127.0.0.1', () => {
  const tokens = clients.map(({ client_id, client_secret }) => `${client_id}:${client_secret}`);
  process.stdout.write(`${JSON.stringify({ tokens })}\n`);
});
