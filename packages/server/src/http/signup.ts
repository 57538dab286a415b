import { SignUpSchema } from '@keywright/contract';
import type { FastifyInstance } from 'fastify';
import { signUp } from '../domain/signup.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { preferredLanguage } from './preferred-language.ts';
import { requestBody } from './request-body.ts';

const signUpBody = requestBody('Sign-up', SignUpSchema);

/** Adds `POST /api/v1/signup`. */
export function addSignUpRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/signup',
    access: 'public',
    id: 'signUp',
    tag: 'Activation',
    summary: 'Make an organisation, and become its first administrator',
    description:
      'Only where sign-up is open (`KEYWRIGHT_SIGNUP`). A mail goes to the address, and with the key of its link and the password, this one or another, the account and the organisation come to be. The answer is the same where the address has an account already; the mail then says so. Mails are in the language that `Accept-Language` prefers: English or German.',
    body: signUpBody.schema,
    success: { status: 204, description: 'A mail is on its way' },
    errors: ['Forbidden'],
    handler: async (request, reply) => {
      const language = preferredLanguage(request.headers['accept-language']) ?? 'en';
      await signUp(http.service, () => signUpBody.read(request.body), language, http.clientOf(request));
      return reply.code(204).send();
    },
  });
}
