import type { UserResource } from '@keywright/contract';
import { Alert, Anchor, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { change } from '../api/api.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { PasswordField } from '../component/password-field.tsx';
import { Section } from '../component/section.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { userSettingsTexts } from './texts.ts';

const empty = { old_password: '', new_password: '' };

/** Changes the reader's password. */
export function PasswordSection({ user }: { readonly user: UserResource }): ReactElement {
  const { password: t } = useTexts(userSettingsTexts);
  const [isChanged, setChanged] = useState(false);
  const save = useChange({
    change: (values: typeof empty) => change('PATCH', '/api/v1/user/password', values),
    done: () => t.done,
    invalidates: [['user']],
    showsFailure: true,
  });
  const form = useApiForm({
    initial: empty,
    send: async (values) => {
      await save.mutateAsync(values);
      form.set(empty);
      setChanged(true);
    },
  });
  return (
    <Section id="password" title={t.title} description={t.description}>
      <form onSubmit={form.onSubmit} noValidate>
        <Stack gap="md" maw="28rem">
          <PasswordField {...form.field('old_password')} label={t.old} autoComplete="current-password" />
          <PasswordField
            {...form.field('new_password')}
            label={t.fresh}
            description={t.freshHint}
            autoComplete="new-password"
          />
          {isChanged ? <TokensGoOn username={user.username} /> : null}
          {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
          <Group>
            <BusyButton type="submit" isBusy={form.isSending}>
              {t.submit}
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

/** Whoever knew the password may have made tokens with it, which outlive it. */
function TokensGoOn({ username }: { readonly username: string }): ReactElement {
  const { password: t } = useTexts(userSettingsTexts);
  return (
    <Alert icon={<Icon name="key" />} p="xs">
      {t.tokensGoOn}{' '}
      <Anchor
        inherit
        renderRoot={(props) => (
          <Link {...props} to="/integrations" hash="application-tokens" search={{ creator: username, status: 0 }} />
        )}
      >
        {t.lookAtTokens}
      </Anchor>
    </Alert>
  );
}
