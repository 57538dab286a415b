import { ActivationSchema } from '@keywright/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ActivationPreview, activate, previewActivation } from '../domain/activation.ts';
import { Refusal } from '../domain/errors.ts';
import type { HttpContext } from './api-route.ts';
import { startErrorAnswer } from './error-reply.ts';
import { acceptFormsOnly, type FormValues } from './form-body.ts';
import { type FormField, renderForm } from './form-page.ts';
import { html, sendPage } from './html.ts';
import { preferredLanguage } from './preferred-language.ts';
import { requestBody } from './request-body.ts';

const activationBody = requestBody('Activation', ActivationSchema);
const keyName = 'activationKey';

/** What the page says of each purpose, and what its button does. */
const purposes: Readonly<Record<ActivationPreview['purpose'], { readonly title: string; readonly submit: string }>> = {
  activation: { title: 'Activate your account', submit: 'Activate' },
  invitation: { title: 'Accept the invitation', submit: 'Accept' },
  password_reset: { title: 'Choose a new password', submit: 'Set password' },
  signup: { title: 'Confirm your sign-up', submit: 'Confirm' },
  username_change: { title: 'Confirm your e-mail address', submit: 'Confirm' },
};

/** Adds what the form of {@link answerActivationPage} is sent to. */
export function addActivationForm(app: FastifyInstance, http: HttpContext): void {
  app.register((pages, _options, done) => {
    acceptFormsOnly(pages);
    pages.post('/activation', { schema: { hide: true }, onRequest: http.limitCalls }, (request, reply) =>
      answerForm(http, request, reply),
    );
    done();
  });
}

/** Answers what a mail's link leads to with a form that needs no script. */
export async function answerActivationPage(
  http: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = (request.query as Record<string, unknown>)[keyName];
  return sendForm(http, request, reply, { [keyName]: typeof key === 'string' ? key : '' });
}

async function answerForm(http: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { [keyName]: key = '', password = '' } = (request.body ?? {}) as FormValues;
  const input = () => activationBody.read({ [keyName]: key, ...(password === '' ? {} : { password }) });
  const language = preferredLanguage(request.headers['accept-language']);
  try {
    await activate(http.service, key, input, http.clientOf(request), { refusedAs: 'BadRequest', language });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.token === 'BadRequest') return sendBadLinkPage(http, request, reply, error);
    const refusal = startErrorAnswer(http.service.log, error, request, reply);
    return sendForm(http, request, reply, { [keyName]: key }, refusal);
  }
  const title = 'Done';
  const body = html`<h1>${title}</h1>
<p role="status">You can sign in now.</p>
<p><a href="/">Keywright</a></p>`;
  return sendPage(reply, { title, body, isNarrow: true });
}

async function sendForm(
  http: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  values: FormValues,
  refusal?: Refusal,
): Promise<FastifyReply> {
  let preview: ActivationPreview;
  try {
    preview = await previewActivation(http.service, values[keyName] ?? '');
  } catch (error) {
    if (!(error instanceof Refusal) || error.token !== 'BadRequest') throw error;
    return sendBadLinkPage(http, request, reply, error);
  }
  const { title, submit } = purposes[preview.purpose];
  const form = { action: '/activation', hidden: keyName, fields: fieldsFor(preview), submit };
  const body = html`<h1>${title}</h1>
<p>For <strong>${preview.username}</strong>.</p>
${renderForm(form, values, refusal)}`;
  return sendPage(reply, { title: refusal === undefined ? title : `Error: ${title}`, body, isNarrow: true });
}

function fieldsFor({ password }: ActivationPreview): FormField[] {
  if (password === 'never') return [];
  if (password === 'present') {
    const hint = 'The one of the account that is to have this address';
    return [{ name: 'password', label: 'Current password', hint, type: 'password', autocomplete: 'current-password' }];
  }
  const isOptional = password === 'maybe';
  const hint = `${isOptional ? 'Leave it empty to keep the one that you chose. ' : ''}At least 8 characters; a few unrelated words are good`;
  return [
    { name: 'password', label: 'New password', hint, type: 'password', autocomplete: 'new-password', isOptional },
  ];
}

function sendBadLinkPage(
  http: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal,
): FastifyReply {
  const { message } = startErrorAnswer(http.service.log, refusal, request, reply);
  const title = 'This link does not work';
  const body = html`<h1>${title}</h1>
<p class="bad" role="alert">${message}.</p>
<p>Ask for another mail: for a forgotten password at <code>POST /api/v1/user/password_reset</code>, for an activation at <code>POST /api/v1/user/activation_resend</code>, each with your <code>username</code>. Whoever invited you can do so again.</p>
<p><a href="/docs">API reference</a></p>`;
  return sendPage(reply, { title, body, isNarrow: true });
}
