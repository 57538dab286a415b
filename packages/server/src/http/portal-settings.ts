import { languages, type PortalSettings, PortalSettingsSchema } from '@keywright/contract';
import { formatAddress } from '@keywright/verifier';
import type { FastifyInstance } from 'fastify';

import type { Client, Service } from '../domain/service.ts';
import { isSetUp } from '../domain/setup.ts';
import type { HttpContext } from './api-route.ts';
import { canKeepCookie } from './portal-cookie.ts';
import { addPortalRoute } from './portal-route.ts';

/** Adds `GET /portal/settings`: what pages have to know before anybody has signed in. */
export function addPortalSettingsRoute(app: FastifyInstance, http: HttpContext): void {
  addPortalRoute(app, http, {
    method: 'GET',
    path: '/settings',
    id: 'getPortalSettings',
    summary: 'Get what the portal has to know before anybody has signed in',
    description: 'Nothing of it is secret. `address` is where this call comes from, as the service sees it.',
    success: { status: 200, description: 'The settings', schema: PortalSettingsSchema },
    isOpen: true,
    handler: (request) => readSettings(http.service, http.options.version, http.clientOf(request)),
  });
}

async function readSettings(service: Service, version: string, client: Client): Promise<PortalSettings> {
  const { settings, keys } = service;
  const publicUrl = settings.publicUrl();
  return {
    version,
    public_url: publicUrl,
    audience: settings.audience(),
    is_secure: canKeepCookie(publicUrl),
    setup_due: !(await isSetUp(service)),
    sign_up: settings.signUp,
    sends_mail: settings.sendsMail,
    captcha: null,
    languages: [...languages],
    trusted_devices: settings.trustedDevices,
    signing_algorithm: keys.algorithm,
    auth_token_minutes: settings.authTokenMinutes,
    address: formatAddress(client.address),
  };
}
