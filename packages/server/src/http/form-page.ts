import type { Problem, Refusal } from '../domain/errors.ts';
import type { FormValues } from './form-body.ts';
import { type Html, html } from './html.ts';

/** A field that somebody fills in. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly type: 'text' | 'password';
  readonly inputMode?: 'email';
  readonly autocomplete: string;
  /** False where absent. */
  readonly isOptional?: boolean;
  /** What is said where the value is refused, in the place of the API's own words, which are English. */
  readonly wrong?: string;
}

/** A form on a page without script. */
export interface Form {
  /** Where it is sent. */
  readonly action: string;
  /** What is sent along unseen, by its name. */
  readonly hidden: string;
  readonly fields: readonly FormField[];
  readonly submit: string;
  /** What is said above fields that are wrong. */
  readonly correct?: string;
  /** What is said of other refusals, in the place of the API's own words. */
  readonly refused?: Readonly<Partial<Record<Refusal['token'], string>>>;
}

/** A form with what stands in it; after a refusal it says what is wrong beside the fields that it is about. */
export function renderForm(form: Form, values: FormValues, refusal?: Refusal): Html {
  const { action, hidden, fields, submit } = form;
  const problems = refusal?.problems ?? [];
  const others = problems.filter((problem) => !fields.some((field) => isAbout(problem, field)));
  const inputs = fields.map((field) =>
    renderField(
      field,
      values[field.name] ?? '',
      problems.filter((problem) => isAbout(problem, field)),
    ),
  );
  return html`${refusal === undefined ? [] : renderRefusal(form, refusal, others)}
<form method="post" action="${action}">
<input type="hidden" name="${hidden}" value="${values[hidden] ?? ''}">
${inputs}
<p><button type="submit">${submit}</button></p>
</form>`;
}

function renderRefusal(form: Form, refusal: Refusal, others: readonly Problem[]): Html {
  const { correct = 'Please correct what is marked below.', refused = {} } = form;
  const message = refusal.problems.length === 0 ? (refused[refusal.token] ?? refusal.message) : correct;
  return html`<p class="bad" role="alert">${message}${others.map((problem) => html` ${problem.message}`)}</p>`;
}

/** A password is never sent back. */
function renderField(field: FormField, value: string, problems: readonly Problem[]): Html {
  const { name, label, hint, type, inputMode = 'text', autocomplete, isOptional = false } = field;
  const sentences = new Set(problems.map((problem) => sentence(problem, field)));
  const messages = [...sentences].map((text) => html`<span class="bad">${text} </span>`);
  return html`<p><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" inputmode="${inputMode}" autocomplete="${autocomplete}"${isOptional ? [] : html` required`} value="${type === 'password' ? '' : value}" aria-describedby="${name}-hint"${problems.length === 0 ? [] : html` aria-invalid="true"`}>
<span class="hint" id="${name}-hint">${messages}${hint}</span></p>
`;
}

/** Messages name the property first, with or without the resource before it. */
function isAbout({ message }: Problem, { name }: FormField): boolean {
  return message.startsWith(`${name} `) || message.includes(` - ${name} `);
}

function sentence({ message }: Problem, { name, label, wrong }: FormField): string {
  if (wrong !== undefined) return wrong;
  const text = message.slice(message.indexOf(`${name} `) + name.length + 1);
  return `${label} ${text.endsWith('.') ? text : `${text}.`}`;
}
