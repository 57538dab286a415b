import { Anchor, Checkbox, Divider, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { isApiError } from '../api/api-error.ts';
import { settingsQuery } from '../api/portal-settings.ts';
import { useTexts } from '../i18n/texts.ts';
import { CodeForm } from '../second-factor/code-form.tsx';
import { secondFactorTexts } from '../second-factor/texts.ts';
import { describeDevice } from '../session/device-fingerprint.ts';
import { signIn } from '../session/session.ts';
import { EmailCodeForm } from './email-code-form.tsx';
import { PasskeyForm } from './passkey-form.tsx';
import type { SecondProof, SecondStepProps } from './second-step-props.ts';
import { SignFrame } from './sign-frame.tsx';
import type { SecondFactorWay, SecondStep } from './step.ts';
import { signTexts } from './texts.ts';

/** The second step: one way of those that the account has, and the others a click away. */
export function SecondFactorCard({
  step,
  onLocked,
  onVoid,
  onLeave,
}: {
  readonly step: SecondStep;
  readonly onLocked: (seconds: number) => void;
  /** The step can't be taken any more: it took too long, or too many tries. */
  readonly onVoid: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const t = useTexts(signTexts);
  const [way, setWay] = useState<SecondFactorWay | undefined>(step.ways[0]);
  const { data: settings } = useQuery(settingsQuery);
  const [isTrusted, setTrusted] = useState(false);
  const orSendBack = async <T,>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (isApiError(error, 'InvalidToken', 'TokenExpired')) onVoid();
      else throw error;
      return undefined;
    }
  };
  const take = async (proof: SecondProof): Promise<void> => {
    const trusted = isTrusted ? { trusted_device: describeDevice() } : {};
    try {
      await orSendBack(signIn({ mfa_token: step.mfaToken, ...proof, ...trusted }));
    } catch (error) {
      if (!isApiError(error, 'TooManyRequests')) throw error;
      onLocked(error.retryAfterSeconds ?? 1);
    }
  };
  const trust =
    settings?.trusted_devices === 'off' ? null : (
      <Checkbox
        checked={isTrusted}
        onChange={({ currentTarget }) => setTrusted(currentTarget.checked)}
        label={t.trust}
        description={t.trustHint}
      />
    );
  const takeCode = (code: string): Promise<void> => take({ code });
  const props: SecondStepProps = { step, take, orSendBack, trust };
  return (
    <SignFrame
      title={t.secondTitle}
      lead={t.secondFor(step.username)}
      below={
        <Anchor component="button" type="button" onClick={onLeave}>
          {t.differentAccount}
        </Anchor>
      }
    >
      {way === 'totp' ? (
        <CodeForm
          key={way}
          onCode={takeCode}
          label={t.totpLabel}
          hint={step.isFresh === true ? t.totpNext : t.totpHint}
          digits={6}
        >
          {trust}
        </CodeForm>
      ) : null}
      {way === 'recovery_code' ? (
        <CodeForm key={way} onCode={takeCode} label={t.recoveryLabel} hint={t.recoveryHint}>
          {trust}
        </CodeForm>
      ) : null}
      {way === 'email_code' ? <EmailCodeForm {...props} /> : null}
      {way === 'passkey' ? <PasskeyForm {...props} /> : null}
      <OtherWays ways={step.ways.filter((other) => other !== way)} choose={setWay} />
    </SignFrame>
  );
}

function OtherWays({
  ways,
  choose,
}: {
  readonly ways: readonly SecondFactorWay[];
  readonly choose: (way: SecondFactorWay) => void;
}): ReactElement | null {
  const t = useTexts(signTexts);
  const { ways: names } = useTexts(secondFactorTexts);
  if (ways.length === 0) return null;
  return (
    <Stack gap="xs">
      <Divider label={t.otherWays} labelPosition="center" />
      <Stack gap={6} align="center">
        {ways.map((way) => (
          <Anchor key={way} component="button" type="button" onClick={() => choose(way)}>
            {names[way]}
          </Anchor>
        ))}
      </Stack>
    </Stack>
  );
}
