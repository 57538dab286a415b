import type { AuthenticationCredential } from '@keywright/contract';
import type { ReactNode } from 'react';
import type { SecondStep } from './step.ts';

/** What proves the second factor: a code, or what a passkey signed. */
export type SecondProof = { readonly code: string } | { readonly credential: AuthenticationCredential };

/** What the form of each way of taking the second step is given. */
export interface SecondStepProps {
  readonly step: SecondStep;
  /**
   * Takes the step.
   *
   * @throws ApiError where the proof is refused; ConnectionError
   */
  readonly take: (proof: SecondProof) => Promise<void>;
  /** Where what is done is refused since the step can't be taken any more, it begins anew. */
  readonly orSendBack: <T>(work: Promise<T>) => Promise<T | undefined>;
  /** The box that trusts this device. */
  readonly trust: ReactNode;
}
