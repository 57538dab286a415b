import { Anchor, Button, Group, Input, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useId } from 'react';
import { settingsQuery } from '../api/portal-settings.ts';
import type { TextFieldProps } from '../component/use-api-form.ts';
import { type Translation, useTexts } from '../i18n/texts.ts';
import { checkNetwork, type NetworkCheck } from './network-check.ts';
import { tokenTexts } from './texts.ts';
import type { tokenEnglish } from './texts-english.ts';

type Texts = Translation<(typeof tokenEnglish)['form']>;

/** Where a token may be exchanged from, looked at while it is being typed. */
export function NetworkField({
  field,
  onChange,
}: {
  readonly field: TextFieldProps;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { form: t } = useTexts(tokenTexts);
  const { data: settings } = useQuery(settingsQuery);
  const check = checkNetwork(field.value);
  const id = useId();
  return (
    <div>
      <Input.Wrapper id={id} label={t.ip} description={t.ipHint}>
        <Group gap="xs" wrap="nowrap" mt={4}>
          <TextInput
            {...field}
            id={id}
            error={field.error !== undefined || check.kind === 'invalid' || check.kind === 'host-bits'}
            aria-describedby={`${id}-meaning`}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            flex={1}
          />
          {settings === undefined ? null : (
            <Button variant="default" onClick={() => onChange(settings.address)}>
              {t.useMine}
            </Button>
          )}
        </Group>
      </Input.Wrapper>
      {/* As high with a text as without: nothing below moves while one types. */}
      <Text id={`${id}-meaning`} component="div" size="xs" mih="1.4em" mt={4} aria-live="polite">
        {field.error ?? networkMeaning(check, t, onChange)}
      </Text>
    </div>
  );
}

function networkMeaning(check: NetworkCheck, t: Texts, onChange: (value: string) => void): ReactNode {
  switch (check.kind) {
    case 'empty':
      return null;
    case 'valid':
      return <span>{check.isSingle ? t.ipSingle(check.network) : t.ipNetwork(check.network)}</span>;
    case 'host-bits':
      return (
        <Text component="span" inherit c="var(--mantine-color-error)">
          {t.ipHostBits(check.network)}{' '}
          <Anchor component="button" type="button" inherit onClick={() => onChange(check.network)}>
            {t.takeNetwork(check.network)}
          </Anchor>
        </Text>
      );
    case 'invalid':
      return (
        <Text component="span" inherit c="var(--mantine-color-error)">
          {t.ipInvalid}
        </Text>
      );
  }
}
