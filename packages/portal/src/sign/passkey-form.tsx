import type { PasskeyRequestOptions } from '@keywright/contract';
import type { ReactElement } from 'react';
import { send } from '../api/send.ts';
import { factorTypeIds } from '../second-factor/factor-type.ts';
import { getPasskey } from '../second-factor/passkey.ts';
import { PasskeyButton } from '../second-factor/passkey-button.tsx';
import type { SecondStepProps } from './second-step-props.ts';

/** Lets a passkey sign the server's challenge. */
export function PasskeyForm({ step, take, orSendBack, trust }: SecondStepProps): ReactElement {
  const use = async (): Promise<void> => {
    const options = await orSendBack(askChallenge(step.mfaToken));
    if (options !== undefined) await take({ credential: await getPasskey(options) });
  };
  return (
    <PasskeyButton purpose="use" onPress={use}>
      {trust}
    </PasskeyButton>
  );
}

async function askChallenge(mfaToken: string): Promise<PasskeyRequestOptions> {
  const body = { mfa_token: mfaToken, type: { id: factorTypeIds.passkey } };
  return (await send({ method: 'POST', path: '/api/v1/authenticate/challenge', body })).json();
}
