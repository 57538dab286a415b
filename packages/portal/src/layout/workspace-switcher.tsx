import type { WorkspaceResource } from '@keywright/contract';
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { changeFor } from '../api/api.ts';
import { resourceQuery } from '../api/query.ts';
import { Icon } from '../component/icon.tsx';
import { MenuButton } from '../component/menu-button.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { accept } from '../session/session.ts';
import type { SessionClaims } from '../session/session-claims.ts';
import { layoutTexts } from './texts.ts';
import classes from './workspace-switcher.module.css';

/** A workspace whose place for the user is active. */
const activeStatus = 1;

/** In which organisation the reader works, and the way to the others that they are assigned to. */
export function WorkspaceSwitcher({ claims }: { readonly claims: SessionClaims }): ReactElement {
  const t = useTexts(layoutTexts);
  const { data } = useQuery(resourceQuery<readonly WorkspaceResource[]>('/api/v2/user/my/workspace?per_page=1000'));
  const workspaces = (data ?? []).filter(({ status }) => status.id === activeStatus);
  const move = useChange({
    change: async ({ id }: WorkspaceResource) => {
      const body = { target_organisation: { id } };
      const { auth_token } = await changeFor<{ auth_token: string }>('POST', '/api/v1/authenticate/workspace', body);
      accept(auth_token);
    },
    done: (_result, { name }) => t.switchedTo(name),
  });
  const go = (id: number): void => {
    const chosen = workspaces.find((workspace) => workspace.id === id);
    if (chosen !== undefined && id !== claims.org.id) move.mutate(chosen);
  };
  const present = (
    <>
      <Icon name="building" size={16} />
      <span className={classes.name}>{claims.org.name}</span>
    </>
  );
  if (workspaces.length < 2) return <div className={classes.present}>{present}</div>;
  return (
    <MenuButton
      position="bottom-start"
      width="target"
      entries={[
        {
          kind: 'choice',
          label: t.workspace,
          chosen: String(claims.org.id),
          options: workspaces.map(({ id, name }) => ({ value: String(id), label: name })),
          onChoose: (id) => go(Number(id)),
          closes: true,
        },
      ]}
    >
      {(trigger) => (
        <UnstyledButton {...trigger} className={classes.button} aria-label={`${t.switchWorkspace}: ${claims.org.name}`}>
          {present}
          <Icon name="chevronDown" size={14} />
        </UnstyledButton>
      )}
    </MenuButton>
  );
}
