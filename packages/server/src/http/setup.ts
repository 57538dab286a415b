import { SetupSchema } from '@keywright/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { isSetUp, setUp } from '../domain/setup.ts';
import { addApiRoute, type HttpContext } from './api-route.ts';
import { startErrorAnswer } from './error-reply.ts';
import { acceptFormsOnly, type FormValues } from './form-body.ts';
import { requestBody } from './request-body.ts';
import { sendSetupDonePage, sendSetupForm, sendSetupSuccessPage } from './setup-page.ts';

const setupBody = requestBody('Set-up', SetupSchema);

/** Sets the service up with what a body holds; its other properties are looked at once its key is known to be good. */
async function setUpWith(http: HttpContext, request: FastifyRequest, body: unknown): Promise<void> {
  const given = typeof body === 'object' && body !== null && 'setup_key' in body ? body.setup_key : undefined;
  const setupKey = typeof given === 'string' ? given : setupBody.read(body).setup_key;
  await setUp(http.service, setupKey, () => setupBody.read(body), http.clientOf(request));
}

/** Adds `POST /api/v1/setup`, and the page `/setup` with a form for it. */
export function addSetupRoutes(app: FastifyInstance, http: HttpContext): void {
  addApiRoute(app, http, {
    method: 'POST',
    path: '/setup',
    access: 'public',
    id: 'setUp',
    tag: 'Set-up',
    summary: 'Make the first administrator',
    description:
      'Only while there is no user at all. `setup_key` is in the one-time link that the first start prints; the page behind that link has a form for this call.',
    body: SetupSchema,
    success: { status: 204, description: 'The administrator can sign in' },
    errors: ['InvalidToken'],
    handler: async (request, reply) => {
      await setUpWith(http, request, request.body);
      return reply.code(204).send();
    },
  });
  app.register((pages, _options, done) => {
    addSetupPage(pages, http);
    done();
  });
}

/** The page is an instance of its own, since it alone takes the body of an HTML form. */
function addSetupPage(app: FastifyInstance, http: HttpContext): void {
  acceptFormsOnly(app);
  const route = { schema: { hide: true }, onRequest: http.limitCalls };
  app.get('/setup', route, async (request, reply) => {
    if (await isSetUp(http.service)) return sendSetupDonePage({ request, reply }, await hasPortal(http));
    const key = (request.query as Record<string, unknown>)['setup_key'];
    return sendSetupForm({ request, reply }, { setup_key: typeof key === 'string' ? key : '' });
  });
  app.post('/setup', route, (request, reply) => answerSetupForm(http, request, reply));
}

async function answerSetupForm(http: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const values = (request.body ?? {}) as FormValues;
  try {
    await setUpWith(http, request, values);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.token === 'InvalidToken' && (await isSetUp(http.service))) {
      return sendSetupDonePage({ request, reply }, await hasPortal(http));
    }
    return sendSetupForm({ request, reply }, values, startErrorAnswer(http.service.log, error, request, reply));
  }
  const made = {
    username: values['username'] ?? '',
    publicUrl: http.service.settings.publicUrl(),
    hasPortal: await hasPortal(http),
  };
  return sendSetupSuccessPage({ request, reply }, made);
}

async function hasPortal(http: HttpContext): Promise<boolean> {
  return (await http.readPortal()) !== undefined;
}
