import type { FastifyReply } from 'fastify';
import type { Problem, Refusal } from '../domain/errors.ts';
import { type Html, html, sendPage } from './html.ts';

interface Field {
  readonly name: 'organisation' | 'name' | 'username' | 'password';
  readonly label: string;
  readonly hint: string;
  readonly type: 'text' | 'password';
  readonly inputMode?: 'email';
  readonly autocomplete: string;
}

const fields: readonly Field[] = [
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

/** The form's values by field; the password is never shown again. */
export type SetupValues = Readonly<Record<string, string>>;

/** Answers with the form; after a refusal it says what is wrong beside the fields that it is about. */
export function sendSetupForm(reply: FastifyReply, values: SetupValues, refusal?: Refusal): FastifyReply {
  const problems = refusal?.problems ?? [];
  const placed = new Map(fields.map((field) => [field.name, problems.filter((problem) => isAbout(problem, field))]));
  const others = problems.filter((problem) => !fields.some((field) => isAbout(problem, field)));
  const title = 'Set up Keywright';
  const body = html`<h1>${title}</h1>
<p>This makes the first organisation and its administrator. It can be done once.</p>
${values['setup_key'] ? [] : missingKey}
${refusal === undefined ? [] : summary(refusal, others)}
<form method="post" action="/setup">
<input type="hidden" name="setup_key" value="${values['setup_key'] ?? ''}">
${fields.map((field) => input(field, values[field.name] ?? '', placed.get(field.name) ?? []))}
<p><button type="submit">Create administrator</button></p>
</form>`;
  return sendPage(reply, { title: refusal === undefined ? title : `Error: ${title}`, body, isNarrow: true });
}

const missingKey = html`<p class="bad">The address of this page lacks its key. Open the one-time link that the first start prints; a restart prints a new one.</p>`;

function summary(refusal: Refusal, others: readonly Problem[]): Html {
  const message = refusal.problems.length === 0 ? refusal.message : 'Please correct what is marked below.';
  return html`<p class="bad" role="alert">${message}${others.map((problem) => html` ${problem.message}`)}</p>`;
}

function input(field: Field, value: string, problems: readonly Problem[]): Html {
  const { name, label, hint, type, inputMode = 'text', autocomplete } = field;
  const messages = problems.map((problem) => html`<span class="bad">${sentence(problem, field)} </span>`);
  return html`<p><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" inputmode="${inputMode}" autocomplete="${autocomplete}" required value="${type === 'password' ? '' : value}" aria-describedby="${name}-hint"${problems.length === 0 ? [] : html` aria-invalid="true"`}>
<span class="hint" id="${name}-hint">${messages}${hint}</span></p>
`;
}

/** Messages name the property first, with or without the resource before it. */
function isAbout({ message }: Problem, { name }: Field): boolean {
  return message.startsWith(`${name} `) || message.includes(` - ${name} `);
}

function sentence({ message }: Problem, { name, label }: Field): string {
  const text = message.slice(message.indexOf(`${name} `) + name.length + 1);
  return `${label} ${text.endsWith('.') ? text : `${text}.`}`;
}

/** Answers that there is nothing to set up any more. */
export function sendSetupDonePage(reply: FastifyReply): FastifyReply {
  const title = 'Keywright is set up';
  const body = html`<h1>${title}</h1>
<p>There is an administrator already, so this page has no more to do. Whoever has the administrator's password can sign in; on the server, <code>keywright user add</code> makes another user.</p>
<p><a href="/docs">API reference</a></p>`;
  return sendPage(reply, { title, body, isNarrow: true });
}

/** Answers that set-up is complete, and what comes next. */
export function sendSetupSuccessPage(reply: FastifyReply, username: string, publicUrl: string): FastifyReply {
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
<h2>Get an auth token</h2>
<pre tabindex="0"><code>${signIn}</code></pre>
<h2>Make an application token for a program</h2>
<p>With the <code>auth_token</code> of the answer above:</p>
<pre tabindex="0"><code>${create}</code></pre>
<p><a href="/docs">API reference</a></p>`;
  return sendPage(reply, { title, body, isNarrow: true });
}
