import { ActivationKeySchema, ActivationPreviewSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { previewActivation } from '../domain/activation.ts';
import type { HttpContext } from './api-route.ts';
import { addPortalRoute } from './portal-route.ts';
import { requestBody } from './request-body.ts';

const keyBody = requestBody('Activation', ActivationKeySchema);

/** Adds `POST /portal/activation`: what the page behind a mail's link has to know before it asks for anything. */
export function addPortalActivationRoute(app: FastifyInstance, http: HttpContext): void {
  addPortalRoute(app, http, {
    method: 'POST',
    path: '/activation',
    id: 'previewActivation',
    summary: 'Get what the key of a mail is for',
    description: 'It is not used up by that. A bad or used key is 400.',
    body: keyBody.schema,
    success: { status: 200, description: 'What it is for', schema: ActivationPreviewSchema },
    handler: (request) => previewActivation(http.service, keyBody.read(request.body).activationKey),
  });
}
