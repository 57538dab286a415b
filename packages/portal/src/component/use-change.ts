import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { isApiError } from '../api/api-error.ts';
import { toastFailure, toastSuccess } from './toast.ts';

/** What a change does, and what follows it. */
export interface Change<Input, Result> {
  readonly change: (input: Input) => Promise<Result>;
  /** The toast once it has happened; undefined where the page shows it otherwise. */
  readonly done?: (result: Result, input: Input) => string;
  /** Keys of what is to be read anew: `[['application_token']]`. */
  readonly invalidates?: readonly (readonly string[])[];
  readonly onSuccess?: (result: Result, input: Input) => void;
  /** Whether the form or dialogue itself shows what fails; else a toast does. */
  readonly showsFailure?: boolean;
}

/** A change that tells what has happened, and has read anew what it changed. */
export function useChange<Input, Result>(options: Change<Input, Result>): UseMutationResult<Result, Error, Input> {
  const { change, done, invalidates = [], onSuccess, showsFailure = false } = options;
  const client = useQueryClient();
  return useMutation<Result, Error, Input>({
    mutationFn: change,
    async onSuccess(result, input) {
      onSuccess?.(result, input);
      if (done !== undefined) toastSuccess(done(result, input));
      await Promise.all(invalidates.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError(error) {
      // Who is no longer signed in is on the way to the sign-in page.
      if (!showsFailure && !isApiError(error, 'InvalidToken', 'TokenExpired')) void toastFailure(error);
    },
  });
}
