import { type ChangeEvent, type FormEvent, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { readProblem } from '../api/problem.ts';
import { useTexts } from '../i18n/texts.ts';
import { problemText } from './error-text.ts';
import { componentTexts } from './texts.ts';

/** What is wrong with the values of a form, by field. */
export type FieldErrors<Values> = { readonly [Name in keyof Values]?: string };

/** A form whose values the server judges. */
export interface ApiForm<Values> {
  readonly values: Values;
  readonly errors: FieldErrors<Values>;
  readonly isSending: boolean;
  /** What no field of the form is to blame for: for an error panel above the button. */
  readonly failure: unknown;
  /** Changes some values; what was wrong with them is forgotten. */
  set(changed: Partial<Values>): void;
  clearFailure(): void;
  /** The properties of a field for text. */
  field(name: keyof Values & string): TextFieldProps;
  /** Goes on the `form` element. */
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** What a field for text takes of the form. */
export interface TextFieldProps {
  readonly name: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
}

/** What a form begins with, and where its values go. */
export interface ApiFormOptions<Values> {
  readonly initial: Values;
  /** Where it throws, what is wrong is shown; otherwise the form has done its work. */
  readonly send: (values: Values) => Promise<unknown>;
  /** What can be said without the server. */
  readonly check?: (values: Values) => FieldErrors<Values>;
  /** Which field a property of the wire belongs to, where they are not named alike. */
  readonly fieldOf?: Readonly<Record<string, keyof Values & string>>;
}

/** Makes a form that sends its values, and shows each problem that the server finds at the field that it is about. */
export function useApiForm<Values extends object>(options: ApiFormOptions<Values>): ApiForm<Values> {
  const { initial, send, check, fieldOf = {} } = options;
  const t = useTexts(componentTexts);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<FieldErrors<Values>>({});
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const found = check?.(values) ?? {};
    setErrors(found);
    setFailure(undefined);
    if (focusFirst(form, found)) return;
    setSending(true);
    try {
      await send(values);
    } catch (error) {
      const { placed, isWhole } = placeProblems(error, Object.keys(values), fieldOf, t);
      setErrors(placed as FieldErrors<Values>);
      if (!isWhole) setFailure(error);
      focusFirst(form, placed);
    } finally {
      setSending(false);
    }
  };
  const set = (changed: Partial<Values>): void => {
    setValues((before) => ({ ...before, ...changed }));
    const untouched = Object.entries(errors).filter(([name]) => !Object.hasOwn(changed, name));
    setErrors(Object.fromEntries(untouched) as FieldErrors<Values>);
  };
  return {
    values,
    errors,
    isSending,
    failure,
    set,
    clearFailure: () => setFailure(undefined),
    field: (name) => ({
      name,
      value: String(values[name] ?? ''),
      error: errors[name],
      onChange: ({ currentTarget }) => set({ [name]: currentTarget.value } as Partial<Values>),
    }),
    onSubmit: (event) => {
      event.preventDefault();
      if (!isSending) void submit(event.currentTarget);
    },
  };
}

/** Finds a field for each problem, and says whether every one has one. */
function placeProblems(
  error: unknown,
  names: readonly string[],
  fieldOf: Readonly<Record<string, string>>,
  t: Parameters<typeof problemText>[1],
): { readonly placed: Readonly<Record<string, string>>; readonly isWhole: boolean } {
  if (!isApiError(error) || error.problems.length === 0) return { placed: {}, isWhole: false };
  const problems = error.problems.map((problem) => readProblem(problem, [...Object.keys(fieldOf), ...names]));
  const found = problems.flatMap((one) =>
    one.field === undefined ? [] : [[fieldOf[one.field] ?? one.field, problemText(one, t)]],
  );
  return { placed: Object.fromEntries(found), isWhole: found.length === problems.length };
}

/** Takes the reader to the first field that something is wrong with; answers whether there is one. */
function focusFirst(form: HTMLFormElement, errors: object): boolean {
  const first = [...form.elements].find((element) => Object.hasOwn(errors, element.getAttribute('name') ?? ''));
  if (first instanceof HTMLElement) first.focus();
  return Object.keys(errors).length > 0;
}
