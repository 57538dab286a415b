import { invalidInput, type Problem } from './errors.ts';
import { isUnseen } from './hidden-character.ts';
import { textProblem } from './well-formed-text.ts';

const maxNameLength = 200;

/**
 * Checks the name of an organisation or a person.
 *
 * @throws Refusal InputValidationFailed naming the property
 */
export function checkName(name: string, property: string): string {
  const problems = findNameProblems(name, property);
  if (problems.length > 0) throw invalidInput(problems);
  return name.trim();
}

/** Finds what is wrong with the name of an organisation or a person. */
export function findNameProblems(name: string, property: string): readonly Problem[] {
  const trimmed = name.trim();
  if (isUnseen(trimmed)) return [{ token: 'Required', message: `${property} must not be empty` }];
  const problem = textProblem(trimmed, { property, maxLength: maxNameLength, allowNewlines: false });
  return problem === undefined ? [] : [problem];
}
