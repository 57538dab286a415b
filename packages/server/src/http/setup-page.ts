import type { FastifyReply } from 'fastify';
import type { Refusal } from '../domain/errors.ts';
import type { FormValues } from './form-body.ts';
import { type Form, type FormField, renderForm } from './form-page.ts';
import { html, sendPage } from './html.ts';

const fields: readonly FormField[] = [
  {
    name: 'organisation',
    label: 'Organisation',
    hint: 'Whom the users and the application tokens belong to',
    type: 'text',
    autocomplete: 'organization',
  },
  { name: 'name', label: 'Your name', hint: 'As others will see it', type: 'text', autocomplete: 'name' },
  {
    name: 'username',
    label: 'E-mail address',
    hint: 'What you will sign in with',
    // Browsers refuse some addresses in a field of type email that are good ones.
    type: 'text',
    inputMode: 'email',
    autocomplete: 'username',
  },
  {
    name: 'password',
    label: 'Password',
    hint: 'At least 8 characters; a few unrelated words are good',
    type: 'password',
    autocomplete: 'new-password',
  },
];

const form: Form = { action: '/setup', hidden: 'setup_key', fields, submit: 'Create administrator' };

/** Answers with the form, and after a refusal with what is wrong. */
export function sendSetupForm(reply: FastifyReply, values: FormValues, refusal?: Refusal): FastifyReply {
  const title = 'Set up Keywright';
  const body = html`<h1>${title}</h1>
<p>This makes the first organisation and its administrator. It can be done once.</p>
${values['setup_key'] ? [] : missingKey}
${renderForm(form, values, refusal)}`;
  return sendPage(reply, { title: refusal === undefined ? title : `Error: ${title}`, body, isNarrow: true });
}

const missingKey = html`<p class="bad">The address of this page lacks its key. Open the one-time link that the first start prints; a restart prints a new one.</p>`;

const signInLink = html`<p><a href="/sign">Sign in</a></p>`;

/** Answers that there is nothing to set up any more. */
export function sendSetupDonePage(reply: FastifyReply, hasPortal: boolean): FastifyReply {
  const title = 'Keywright is set up';
  const body = html`<h1>${title}</h1>
<p>There is an administrator already, so this page has no more to do. Whoever has the administrator's password can sign in; on the server, <code>keywright user add</code> makes another user.</p>
${hasPortal ? signInLink : []}
<p><a href="/docs">API reference</a></p>`;
  return sendPage(reply, { title, body, isNarrow: true });
}

/** Answers that set-up is complete, and what comes next. */
export function sendSetupSuccessPage(
  reply: FastifyReply,
  made: { readonly username: string; readonly publicUrl: string; readonly hasPortal: boolean },
): FastifyReply {
  const { username, publicUrl, hasPortal } = made;
  const title = 'Keywright is ready';
  const signIn = `curl ${publicUrl}/api/v1/authenticate \\
  -H 'Content-Type: application/json' \\
  -d '{"username":"${username.replaceAll("'", "'\\''")}","password":"…"}'`;
  const create = `curl ${publicUrl}/api/v1/application_token \\
  -H 'Authorization: Bearer {auth_token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"description":"My first program"}'`;
  const body = html`<h1>${title}</h1>
<p>The administrator <strong>${username}</strong> can sign in now.</p>
${hasPortal ? signInLink : []}
<h2>Get an auth token</h2>
<pre tabindex="0"><code>${signIn}</code></pre>
<h2>Make an application token for a program</h2>
<p>With the <code>auth_token</code> of the answer above:</p>
<pre tabindex="0"><code>${create}</code></pre>
<p><a href="/docs">API reference</a></p>`;
  return sendPage(reply, { title, body, isNarrow: true });
}
