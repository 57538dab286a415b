import type { ServerMetadata } from '@keywright/contract';
import { Refusal } from './errors.ts';
import { isLoopbackHost } from './loopback.ts';
import type { Service } from './service.ts';

const clientMethods = ['client_secret_basic', 'client_secret_post'];

/**
 * What OAuth clients configure themselves by (RFC 8414 §2); `issuer` is the tokens' `iss`, character by character.
 *
 * @throws Refusal NotFound where the public URL is neither https nor on loopback: no client may use what it would name
 *   (RFC 8414 §2)
 */
export function describeServer({ settings }: Pick<Service, 'settings'>): ServerMetadata {
  const issuer = settings.publicUrl();
  if (!isSafeIssuer(new URL(issuer))) {
    throw new Refusal('NotFound', { message: 'There is no metadata: the public URL of the service is not https' });
  }
  return {
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    // Required, and of an authorization endpoint, which there is none of.
    response_types_supported: [],
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint_auth_methods_supported: [...clientMethods, 'Bearer'],
    revocation_endpoint_auth_methods_supported: clientMethods,
    service_documentation: `${issuer}/docs`,
  };
}

function isSafeIssuer({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopbackHost(hostname);
}
