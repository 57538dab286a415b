import type { CreatedMfaKey, RegistrationCredential } from '@keywright/contract';
import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { CopyButton } from '../component/copy-button.tsx';
import { useTexts } from '../i18n/texts.ts';
import { CodeForm } from './code-form.tsx';
import { createPasskey } from './passkey.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { QrCode } from './qr-code.tsx';
import { secondFactorTexts } from './texts.ts';

/** What puts a second factor in force. */
export type FirstProof = { readonly code: string } | { readonly credential: RegistrationCredential };

/** Sets up a second factor that was begun: shows its QR code, asks for its first code, or has the passkey made. */
export function FactorSetup({
  factor,
  onProof,
}: {
  readonly factor: CreatedMfaKey;
  /** Puts it in force; what it throws is shown. */
  readonly onProof: (proof: FirstProof) => Promise<void>;
}): ReactElement {
  const t = useTexts(secondFactorTexts);
  const { public_key: publicKey, otpauth, secret_key: secret } = factor;
  const sendCode = (code: string): Promise<void> => onProof({ code });
  if (publicKey !== undefined) {
    const make = async (): Promise<void> => onProof({ credential: await createPasskey(publicKey) });
    return <PasskeyButton purpose="create" onPress={make} />;
  }
  if (otpauth === undefined || secret === undefined) {
    return <CodeForm onCode={sendCode} label={t.emailFirst} hint={t.emailSent} digits={6} />;
  }
  return (
    <Stack gap="md">
      <Text>{t.totpScan}</Text>
      <Group justify="center">
        <QrCode text={otpauth} label={t.qrCode} />
      </Group>
      <Group gap="xs" justify="space-between">
        <Code aria-label={t.totpKey} fz="sm">
          {secret.replace(/(.{4})(?!$)/g, '$1 ')}
        </Code>
        <CopyButton text={secret} variant="subtle" size="compact-sm" />
      </Group>
      <CodeForm onCode={sendCode} label={t.totpFirst} digits={6} />
    </Stack>
  );
}
