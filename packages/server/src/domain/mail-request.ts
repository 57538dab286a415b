import { formatAddress, parseAddress } from '@keywright/verifier';
import { sealedMailRequestPurpose } from './mail-request-port.ts';
import type { Stores } from './ports.ts';
import type { Client, Service } from './service.ts';

/** A wish for a mail to whoever has a username, where the one who wishes must not learn whether anybody has. */
export type MailRequest =
  | { readonly kind: 'password_reset' | 'activation'; readonly usernameKey: string }
  | { readonly kind: 'signup'; readonly usernameKey: string; readonly signUp: SignUpContent }
  /** Of whose count, as lockout.ts names it, and for how long it is locked. */
  | { readonly kind: 'account_locked'; readonly subject: string; readonly minutes: number };

/** Who signs up, checked. The password is not kept: whoever has the mail says which it is to be. */
export interface SignUpContent {
  readonly username: string;
  readonly name: string;
  readonly organisation: string;
  readonly language: 'en' | 'de';
}

/** A request as it is found in the store. */
export interface OpenedMailRequest {
  readonly request: MailRequest;
  /** Where the wish came from. */
  readonly client: Client;
}

type SealedClient = Omit<Client, 'address'> & { readonly address: string };

/**
 * Keeps the wish for a mail. Whether there is anybody to mail to is looked up later: what happens on the request itself is
 * the same for every name, in the store as well as on the clock.
 */
export async function requestMail(
  service: Service,
  stores: Stores,
  request: MailRequest,
  client: Client,
): Promise<void> {
  const { requestId, source, userAgent } = client;
  const sealed: SealedClient = { requestId, source, userAgent, address: formatAddress(client.address) };
  await stores.insertMailRequest({
    sealedData: service.box.seal(JSON.stringify({ request, client: sealed }), sealedMailRequestPurpose),
    createdAt: service.clock.now(),
  });
}

/** Reads what {@link requestMail} kept. */
export function openMailRequest(service: Service, sealedData: string): OpenedMailRequest {
  const opened: { request: MailRequest; client: SealedClient } = JSON.parse(
    service.box.open(sealedData, sealedMailRequestPurpose),
  );
  const address = parseAddress(opened.client.address);
  if (address === undefined) throw new Error('a mail request has no address');
  return { request: opened.request, client: { ...opened.client, address } };
}
