import type { Socket } from 'node:net';
import type { Address, Network } from '@keywright/verifier';
import type { FastifyRequest } from 'fastify';
import { resolveClientAddress } from '../domain/client-address.ts';
import { Refusal } from '../domain/errors.ts';
import type { Client } from '../domain/service.ts';
import { isFromPortal } from './portal-request.ts';

const maxUserAgentLength = 512;

/** Finds out where a request comes from, the first time that somebody asks. */
export type ClientFinder = (request: FastifyRequest) => Client;

/**
 * Makes the function that says where a request comes from.
 *
 * @param trustedProxies the networks of the proxies whose X-Forwarded-For is believed
 */
export function createClientFinder(trustedProxies: readonly Network[]): ClientFinder {
  return (request) => {
    request.knownClient ??= findClient(request, trustedProxies);
    return request.knownClient;
  };
}

function findClient(request: FastifyRequest, trustedProxies: readonly Network[]): Client {
  const address = findAddress(request, trustedProxies);
  // The socket has closed: nobody will read this.
  if (address === undefined) throw new Refusal('BadRequest', { reason: 'the client has no address any more' });
  const userAgent = request.raw.headers['user-agent'];
  return {
    address,
    requestId: request.id,
    source: isFromPortal(request.raw.headers) ? 3 : 2,
    userAgent: userAgent?.slice(0, maxUserAgentLength) ?? null,
  };
}

/** The addresses of peers, since a connection has one and commonly brings many requests. */
const peers = new WeakMap<Socket, Address>();

function findAddress(request: FastifyRequest, trustedProxies: readonly Network[]): Address | undefined {
  const { headers, socket } = request.raw;
  const forwardedFor = headers['x-forwarded-for'];
  const peer = peers.get(socket) ?? resolveClientAddress(socket.remoteAddress ?? '', undefined, []);
  if (peer === undefined) return undefined;
  peers.set(socket, peer);
  if (forwardedFor === undefined || trustedProxies.length === 0) return peer;
  const hops = Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor;
  return resolveClientAddress(socket.remoteAddress ?? '', hops, trustedProxies);
}
