import type { CreatedMfaKey } from '@keywright/contract';
import { Anchor, Stack, Text, UnstyledButton } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { send } from '../api/send.ts';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon, type IconName } from '../component/icon.tsx';
import { useTexts } from '../i18n/texts.ts';
import { FactorSetup, type FirstProof } from '../second-factor/factor-setup.tsx';
import { type FactorKind, factorTypeIds } from '../second-factor/factor-type.ts';
import { hasPasskeys } from '../second-factor/passkey.ts';
import { secondFactorTexts } from '../second-factor/texts.ts';
import classes from './enrolment-card.module.css';
import { SignFrame } from './sign-frame.tsx';
import type { EnrolmentStep } from './step.ts';
import { signTexts } from './texts.ts';

const icons: Readonly<Record<FactorKind, IconName>> = { totp: 'phone', passkey: 'fingerprint', email_code: 'mail' };

/** Has somebody set a second factor up whose organisation requires one, before they can sign in. */
export function EnrolmentCard({
  step,
  onDone,
  onVoid,
  onLeave,
}: {
  readonly step: EnrolmentStep;
  readonly onDone: (kind: FactorKind) => void;
  readonly onVoid: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const t = useTexts(signTexts);
  const [begun, setBegun] = useState<{ readonly kind: FactorKind; readonly factor: CreatedMfaKey }>();
  const [failure, setFailure] = useState<unknown>();
  const bearer = step.mfaToken;
  const orSendBack = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isApiError(error, 'InvalidToken', 'TokenExpired')) throw error;
      onVoid();
    }
  };
  const begin = (kind: FactorKind): Promise<void> =>
    orSendBack(async () => {
      setFailure(undefined);
      const body = { type: { id: factorTypeIds[kind] }, password: step.password };
      const answer = await send({ method: 'POST', path: '/api/v1/user/mfa', bearer, body });
      setBegun({ kind, factor: await answer.json() });
    }).catch(setFailure);
  const confirm = (proof: FirstProof): Promise<void> =>
    orSendBack(async () => {
      if (begun === undefined) return;
      const path = `/api/v1/user/mfa/${begun.factor.id}`;
      await send({ method: 'PATCH', path, bearer, body: { status: { id: 1 }, ...proof } });
      onDone(begun.kind);
    });
  return (
    <SignFrame
      title={t.enrolTitle}
      lead={begun === undefined ? t.enrolText : undefined}
      below={
        <Anchor component="button" type="button" onClick={onLeave}>
          {t.differentAccount}
        </Anchor>
      }
    >
      {begun === undefined ? (
        <Stack gap="sm">
          <Kinds choose={(kind) => void begin(kind)} />
          {failure === undefined ? null : <ErrorPanel error={failure} />}
        </Stack>
      ) : (
        <Stack gap="md">
          <FactorSetup factor={begun.factor} onProof={confirm} />
          <Anchor component="button" type="button" onClick={() => setBegun(undefined)}>
            {t.otherWays}
          </Anchor>
        </Stack>
      )}
    </SignFrame>
  );
}

function Kinds({ choose }: { readonly choose: (kind: FactorKind) => void }): ReactElement {
  const t = useTexts(secondFactorTexts);
  const kinds: readonly FactorKind[] = hasPasskeys() ? ['totp', 'passkey', 'email_code'] : ['totp', 'email_code'];
  return (
    <Stack gap="xs">
      {kinds.map((kind) => (
        <UnstyledButton key={kind} className={classes['kind']} onClick={() => choose(kind)}>
          <Icon name={icons[kind]} size={22} />
          <span>
            <Text component="span" fw={500} display="block">
              {t.ways[kind]}
            </Text>
            <Text component="span" size="sm" c="dimmed">
              {t.hints[kind]}
            </Text>
          </span>
        </UnstyledButton>
      ))}
    </Stack>
  );
}
