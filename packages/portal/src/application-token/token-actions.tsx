import type { ApplicationTokenResource } from '@keywright/contract';
import { ActionIcon, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../component/icon.tsx';
import { useTexts } from '../i18n/texts.ts';
import { tokenTexts } from './texts.ts';
import { tokenName } from './token-name.ts';

/** What can be done to one token. */
export type TokenDeed = 'edit' | 'rotate' | 'revoke';

/** The menu at the end of a token's row. */
export function TokenActions({
  token,
  onChoose,
}: {
  readonly token: ApplicationTokenResource;
  readonly onChoose: (deed: TokenDeed) => void;
}): ReactElement {
  const t = useTexts(tokenTexts);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t.actionsFor(tokenName(token, t))}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="pencil" size={16} />} onClick={() => onChoose('edit')}>
          {t.edit}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="refresh" size={16} />} onClick={() => onChoose('rotate')}>
          {t.rotate}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<Icon name="bin" size={16} />} onClick={() => onChoose('revoke')}>
          {t.revoke}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
