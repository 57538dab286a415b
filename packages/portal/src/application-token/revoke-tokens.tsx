import type { ApplicationTokenResource } from '@keywright/contract';
import { List, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { change } from '../api/api.ts';
import { settingsQuery } from '../api/portal-settings.ts';
import { ConfirmDialog } from '../component/confirm-dialog.tsx';
import { toastSuccess, toastWarning } from '../component/toast.ts';
import { useTexts } from '../i18n/texts.ts';
import { tokenTexts } from './texts.ts';
import { tokenName } from './token-name.ts';
import { revokedStatus } from './token-rights.ts';

const defaultMinutes = 240;

/** Revokes application tokens, once the reader has seen which. */
export function RevokeTokens({
  tokens,
  onClose,
}: {
  readonly tokens: readonly ApplicationTokenResource[];
  readonly onClose: () => void;
}): ReactElement {
  const t = useTexts(tokenTexts);
  const { revocation } = t;
  const client = useQueryClient();
  const { data: settings } = useQuery(settingsQuery);
  const [first] = tokens;
  const only = tokens.length === 1 && first !== undefined ? tokenName(first, t) : undefined;
  const revoke = async (): Promise<void> => {
    const results = await Promise.allSettled(tokens.map(({ id }) => revokeToken(id)));
    await client.invalidateQueries({ queryKey: ['application_token'] });
    const failures = results.filter((result) => result.status === 'rejected');
    const [failure] = failures;
    // Where none could be revoked the dialogue stays open and says why.
    if (failure !== undefined && failures.length === tokens.length) throw failure.reason;
    if (failure !== undefined) toastWarning(revocation.failedSome(failures.length, tokens.length));
    else toastSuccess(only === undefined ? revocation.doneMany(tokens.length) : revocation.done(only));
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={only === undefined ? revocation.titleMany(tokens.length) : revocation.title(only)}
      confirmLabel={only === undefined ? revocation.confirmMany(tokens.length) : revocation.confirm}
      onConfirm={revoke}
    >
      <Stack gap="sm">
        {only === undefined ? (
          <List size="sm">
            {tokens.map((token) => (
              <List.Item key={token.id}>{tokenName(token, t)}</List.Item>
            ))}
          </List>
        ) : null}
        <Text size="sm">{only === undefined ? revocation.hintMany : revocation.hint}</Text>
        <Text size="sm" c="dimmed">
          {revocation.lives(settings?.auth_token_minutes ?? defaultMinutes)}
        </Text>
      </Stack>
    </ConfirmDialog>
  );
}

async function revokeToken(id: number): Promise<void> {
  await change('PATCH', `/api/v1/application_token/${id}`, { status: { id: revokedStatus } });
}
