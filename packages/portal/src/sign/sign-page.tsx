import { useLocation, useSearch } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { EnrolmentCard } from './enrolment-card.tsx';
import { LockedCard } from './locked-card.tsx';
import { MailCard } from './mail-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { SecondFactorCard } from './second-factor-card.tsx';
import { SignUpCard } from './sign-up-card.tsx';
import { type SignInStep, stepAfterPassword } from './step.ts';

/** Everything that is done before one is signed in. */
export function SignPage(): ReactElement {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  switch (search['view']) {
    case 'sign-up':
      return <SignUpCard />;
    case 'forgotten-password':
      return <MailCard key="reset" kind="reset" />;
    case 'activation-mail':
      return <MailCard key="activation" kind="activation" />;
    default:
      return <SignIn />;
  }
}

function SignIn(): ReactElement {
  const { state } = useLocation();
  const [step, setStep] = useState<SignInStep>({ kind: 'password', username: state.username ?? '' });
  const lock = (username: string, seconds: number): void =>
    setStep({ kind: 'locked', username, endsAt: Date.now() + seconds * 1000 });
  const sendBack = (username: string): void => setStep({ kind: 'password', username, hindrance: 'start-again' });
  const leave = (): void => setStep({ kind: 'password', username: '' });
  switch (step.kind) {
    case 'password':
      return (
        <PasswordCard
          username={step.username}
          hindrance={step.hindrance}
          onLocked={lock}
          onQuestion={(question, given) => setStep(stepAfterPassword(question, given))}
        />
      );
    case 'locked':
      return (
        <LockedCard
          endsAt={step.endsAt}
          onEnd={() => setStep({ kind: 'password', username: step.username, hindrance: 'unlocked' })}
          onLeave={leave}
        />
      );
    case 'enrolment':
      return (
        <EnrolmentCard
          step={step}
          onDone={(kind) =>
            setStep({
              kind: 'second-factor',
              username: step.username,
              mfaToken: step.mfaToken,
              ways: [kind],
              isFresh: true,
            })
          }
          onVoid={() => sendBack(step.username)}
          onLeave={leave}
        />
      );
    case 'second-factor':
      return (
        <SecondFactorCard
          step={step}
          onLocked={(seconds) => lock(step.username, seconds)}
          onVoid={() => sendBack(step.username)}
          onLeave={leave}
        />
      );
  }
}
