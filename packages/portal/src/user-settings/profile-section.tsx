import type { UserResource } from '@keywright/contract';
import { Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { change } from '../api/api.ts';
import { isApiError } from '../api/api-error.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { Section } from '../component/section.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { type Language, languageNames } from '../i18n/language.ts';
import { useTexts } from '../i18n/texts.ts';
import { userSettingsTexts } from './texts.ts';

interface Profile {
  readonly name: string;
  readonly language: Language;
  readonly username: string;
  readonly password: string;
}

/** Who the reader is. */
export function ProfileSection({ user }: { readonly user: UserResource }): ReactElement {
  const { profile: t, save: label, saved } = useTexts(userSettingsTexts);
  const [asksPassword, setAsksPassword] = useState(false);
  const save = useChange({
    change: ({ name, language, username, password }: Profile) =>
      change('PATCH', '/api/v1/user/my', {
        name,
        language,
        ...(username === user.username ? {} : { username, ...(password === '' ? {} : { password }) }),
      }),
    done: () => saved,
    invalidates: [['user']],
    showsFailure: true,
  });
  const form = useApiForm({
    initial: { name: user.name, language: user.language, username: user.username, password: '' },
    send: async (values) => {
      try {
        await save.mutateAsync(values);
        form.set({ password: '' });
        setAsksPassword(false);
      } catch (error) {
        if (!asksPassword && isApiError(error, 'NotAllowed')) setAsksPassword(true);
        else throw error;
      }
    },
  });
  const isRenamed = form.values.username !== user.username;
  return (
    <Section id="profile" title={t.title}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md" maw="28rem">
          <TextInput {...form.field('name')} label={t.name} autoComplete="name" />
          <TextInput
            {...form.field('username')}
            label={t.username}
            description={isRenamed ? t.usernameChange : t.usernameHint}
            inputMode="email"
            autoComplete="email"
            autoCapitalize="none"
            spellCheck={false}
          />
          {isRenamed && asksPassword ? (
            <PasswordField
              {...form.field('password')}
              label={t.password}
              description={t.passwordHint}
              autoComplete="current-password"
            />
          ) : null}
          <NativeSelect
            label={t.language}
            value={form.values.language}
            onChange={({ currentTarget }) => form.set({ language: currentTarget.value as Language })}
            data={Object.entries(languageNames).map(([value, label]) => ({ value, label }))}
          />
          <Text size="sm" c="dimmed">
            {t.home}: {user.organisation.name}
          </Text>
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <Group>
            <BusyButton type="submit" isBusy={form.isSending}>
              {label}
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
