import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../domain/errors.ts';
import type { Language } from '../domain/mail-port.ts';
import type { FormValues } from './form-body.ts';
import { type Form, renderForm } from './form-page.ts';
import { type Html, html, sendPage } from './html.ts';
import { preferredLanguage } from './preferred-language.ts';
import { type SetupTexts, setupTextsOf } from './setup-texts.ts';

/** Who asks for a page, and how they are answered. */
export interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function formOf({ fields, submit, correct, badKey }: SetupTexts): Form {
  return {
    action: '/setup',
    hidden: 'setup_key',
    fields: [
      { name: 'organisation', ...fields.organisation, type: 'text', autocomplete: 'organization' },
      { name: 'name', ...fields.name, type: 'text', autocomplete: 'name' },
      // Browsers refuse some addresses in a field of type email that are good ones.
      { name: 'username', ...fields.username, type: 'text', inputMode: 'email', autocomplete: 'username' },
      { name: 'password', ...fields.password, type: 'password', autocomplete: 'new-password' },
    ],
    submit,
    correct,
    ...(badKey === undefined ? {} : { refused: { InvalidToken: badKey } }),
  };
}

/** Answers with the form, and after a refusal with what is wrong. */
export function sendSetupForm(asked: Asked, values: FormValues, refusal?: Refusal): FastifyReply {
  const texts = textsFor(asked);
  const { title, intro, missingKey, error } = texts;
  const body = html`<h1>${title}</h1>
<p>${intro}</p>
${values['setup_key'] ? [] : html`<p class="bad">${missingKey}</p>`}
${renderForm(formOf(texts), values, refusal)}`;
  return send(asked, refusal === undefined ? title : `${error}: ${title}`, body);
}

/** Answers that there is nothing to set up any more. */
export function sendSetupDonePage(asked: Asked, hasPortal: boolean): FastifyReply {
  const texts = textsFor(asked);
  const [before, after] = texts.done;
  const body = html`<h1>${texts.doneTitle}</h1>
<p>${before}<code>keywright user add</code>${after}</p>
${hasPortal ? signInLink(texts) : []}
${referenceLink(texts)}`;
  return send(asked, texts.doneTitle, body);
}

/** Answers that set-up is complete, and what comes next. */
export function sendSetupSuccessPage(
  asked: Asked,
  made: { readonly username: string; readonly publicUrl: string; readonly hasPortal: boolean },
): FastifyReply {
  const { username, publicUrl, hasPortal } = made;
  const texts = textsFor(asked);
  const signIn = `curl ${publicUrl}/api/v1/authenticate \\
  -H 'Content-Type: application/json' \\
  -d '{"username":"${username.replaceAll("'", "'\\''")}","password":"…"}'`;
  const create = `curl ${publicUrl}/api/v1/application_token \\
  -H 'Authorization: Bearer {auth_token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"description":"${texts.firstProgram}"}'`;
  const [beforeName, afterName] = texts.ready;
  const [beforeToken, afterToken] = texts.withToken;
  const body = html`<h1>${texts.readyTitle}</h1>
<p>${beforeName}<strong>${username}</strong>${afterName}</p>
${hasPortal ? signInLink(texts) : []}
<h2>${texts.getToken}</h2>
<pre tabindex="0"><code>${signIn}</code></pre>
<h2>${texts.makeToken}</h2>
<p>${beforeToken}<code>auth_token</code>${afterToken}</p>
<pre tabindex="0"><code>${create}</code></pre>
${referenceLink(texts)}`;
  return send(asked, texts.readyTitle, body);
}

const signInLink = ({ signIn }: SetupTexts) => html`<p><a href="/sign">${signIn}</a></p>`;

const referenceLink = ({ reference }: SetupTexts) => html`<p><a href="/docs">${reference}</a></p>`;

function languageOf({ request }: Asked): Language {
  return preferredLanguage(request.headers['accept-language']) ?? 'en';
}

function textsFor(asked: Asked): SetupTexts {
  return setupTextsOf(languageOf(asked));
}

function send(asked: Asked, title: string, body: Html): FastifyReply {
  return sendPage(asked.reply, { title, body, isNarrow: true, language: languageOf(asked) });
}
