import type { PortalSettings } from '@keywright/contract';

/** What a program is connected with. */
export type SnippetName = 'curl' | 'node' | 'python' | 'go' | 'java' | 'nginx';

/** The names, in the order in which they are offered. */
export const snippetNames: readonly SnippetName[] = ['curl', 'node', 'python', 'go', 'java', 'nginx'];

/** What of the service stands in the snippets. */
export type Service = Pick<PortalSettings, 'public_url' | 'audience' | 'signing_algorithm'>;

/** Whether auth tokens are verified with public keys, which anybody may read. */
export function hasPublicKeys({ signing_algorithm }: Pick<Service, 'signing_algorithm'>): boolean {
  return signing_algorithm !== 'HS256';
}

/** What is to be pasted into a program or a shell, made for this service. */
export function snippetOf(name: SnippetName, service: Service): string {
  return snippets[name](service);
}

const snippets: Readonly<Record<SnippetName, (service: Service) => string>> = { curl, node, python, go, java, nginx };

function jwksUrl({ public_url }: Service): string {
  return `${public_url}/.well-known/jwks.json`;
}

function curl({ public_url }: Service): string {
  return `# Exchange the application token for an auth token
curl -s '${public_url}/api/v1/authenticate' \\
  -H 'Content-Type: application/json' \\
  -d "{\\"application_token\\":\\"$APPLICATION_TOKEN\\"}"

# Ask whether an auth token is good, and whose it is
curl -i '${public_url}/api/v1/forward_auth' -H "Authorization: Bearer $AUTH_TOKEN"`;
}

function node(service: Service): string {
  const { public_url, audience } = service;
  const keys = hasPublicKeys(service)
    ? `'${jwksUrl(service)}'`
    : "[JSON.parse(await readFile('hs256-secrets.json', 'utf8'))],\n  allowSharedSecret: true";
  const imports = hasPublicKeys(service) ? '' : "import { readFile } from 'node:fs/promises';\n";
  return `// npm install @keywright/verifier
${imports}import { createVerifier } from '@keywright/verifier';

const verifier = createVerifier({
  issuer: '${public_url}',
  audience: '${audience}',
  keys: ${keys},
});

const claims = await verifier.verify(token);
console.log(claims.sub, claims.org.id, claims.roles);`;
}

function python(service: Service): string {
  const { public_url, audience, signing_algorithm } = service;
  const [library, key] = hasPublicKeys(service)
    ? ["'pyjwt[crypto]'", `key = jwt.PyJWKClient("${jwksUrl(service)}").get_signing_key_from_jwt(token).key`]
    : ['pyjwt', 'key = jwt.PyJWK(json.load(open("hs256-secrets.json"))["keys"][0]).key'];
  return `# pip install ${library}
import ${hasPublicKeys(service) ? 'jwt' : 'json, jwt'}

${key}
claims = jwt.decode(token, key, algorithms=["${signing_algorithm}"],
                    issuer="${public_url}", audience="${audience}",
                    options={"require": ["exp", "iat", "sub"]})
print(claims["sub"], claims["org"]["id"], claims["roles"])`;
}

function go(service: Service): string {
  const { public_url, audience, signing_algorithm } = service;
  const keys = hasPublicKeys(service)
    ? `keys, err := keyfunc.NewDefault([]string{"${jwksUrl(service)}"})`
    : 'file, err := os.ReadFile("hs256-secrets.json")\nkeys, err := keyfunc.NewJWKSetJSON(file)';
  return `// go get github.com/golang-jwt/jwt/v5 github.com/MicahParks/keyfunc/v3
${keys}
// handle err
parsed, err := jwt.Parse(token, keys.Keyfunc,
	jwt.WithValidMethods([]string{"${signing_algorithm}"}),
	jwt.WithIssuer("${public_url}"),
	jwt.WithAudience("${audience}"),
	jwt.WithExpirationRequired())
// handle err
subject, _ := parsed.Claims.GetSubject()`;
}

function java(service: Service): string {
  const { public_url, audience } = service;
  const source = hasPublicKeys(service)
    ? `new URI("${jwksUrl(service)}").toURL().openStream()`
    : 'Files.newInputStream(Path.of("hs256-secrets.json"))';
  return `// io.jsonwebtoken:jjwt-api, jjwt-impl and jjwt-jackson, 0.12 or later
JwkSet keys = Jwks.setParser().build().parse(${source});
Claims claims = Jwts.parser()
    .keyLocator(header -> keys.getKeys().stream()
        .filter(key -> Objects.equals(key.getId(), header.get("kid")) || keys.size() == 1)
        .findFirst().orElseThrow().toKey())
    .requireIssuer("${public_url}")
    .requireAudience("${audience}")
    .build().parseSignedClaims(token).getPayload();`;
}

function nginx({ public_url }: Service): string {
  return `# In front of an API that knows nothing of tokens
location /api/ {
    auth_request /keywright;
    auth_request_set $subject $upstream_http_x_auth_subject;
    auth_request_set $actor $upstream_http_x_auth_actor;
    auth_request_set $organisation $upstream_http_x_auth_organisation;
    auth_request_set $roles $upstream_http_x_auth_roles;
    # Whatever a client sends under these names does not count.
    proxy_set_header X-Auth-Subject $subject;
    proxy_set_header X-Auth-Actor $actor;
    proxy_set_header X-Auth-Organisation $organisation;
    proxy_set_header X-Auth-Roles $roles;
    proxy_pass http://127.0.0.1:3000;
}

location = /keywright {
    internal;
    proxy_pass ${public_url}/api/v1/forward_auth;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
}`;
}
