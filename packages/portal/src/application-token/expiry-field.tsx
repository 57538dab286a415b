import { Alert, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Icon } from '../component/icon.tsx';
import { ExactTime } from '../component/relative-time.tsx';
import { useTexts } from '../i18n/texts.ts';
import { type ExpiryChoice, expiryChoices, expiryDateOf, firstExpiryDay } from './expiry-choice.ts';
import { tokenTexts } from './texts.ts';

/** How a choice is named that leaves the date that a token has. */
export type Expiry = ExpiryChoice | 'keep';

/** When a token is to stop working. */
export function ExpiryField({
  choice,
  date,
  kept,
  error,
  onChange,
}: {
  readonly choice: Expiry;
  readonly date: string;
  /** What the token has now; undefined where it is a new one. */
  readonly kept?: string | null;
  readonly error: string | undefined;
  readonly onChange: (changed: { readonly expiry?: Expiry; readonly expiry_date?: string }) => void;
}): ReactElement {
  const { form: t } = useTexts(tokenTexts);
  // What is shown is worked out once more when it is sent; a minute more or less is no matter.
  const [now] = useState(Date.now);
  const choices = kept === undefined ? [] : [{ value: 'keep', label: t.keepExpiry }];
  const time = choice === 'keep' ? (kept ?? null) : (expiryDateOf(choice, date, now) ?? null);
  return (
    <Stack gap={6}>
      <NativeSelect
        label={t.expiry}
        name="expiry"
        value={choice}
        onChange={({ currentTarget }) => onChange({ expiry: currentTarget.value as Expiry })}
        data={[...choices, ...expiryChoices.map((value) => ({ value, label: t.expiryChoices[value] }))]}
      />
      {choice === 'date' ? (
        <TextInput
          type="date"
          label={t.date}
          description={t.dateHint}
          name="expiry_date"
          min={firstExpiryDay(now)}
          value={date}
          error={error}
          onChange={({ currentTarget }) => onChange({ expiry_date: currentTarget.value })}
        />
      ) : null}
      {time === null ? null : (
        <Text size="xs" c="dimmed">
          {t.expiresAt} <ExactTime time={new Date(time).toISOString()} />
        </Text>
      )}
      {choice === 'none' ? (
        <Alert color="yellow" icon={<Icon name="warning" />} p="xs">
          {t.neverWarning}
        </Alert>
      ) : null}
    </Stack>
  );
}
