import type { ApplicationTokenResource } from '@keywright/contract';
import { ActionIcon } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../component/icon.tsx';
import { MenuButton } from '../component/menu-button.tsx';
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
    <MenuButton
      position="bottom-end"
      entries={[
        { kind: 'deed', icon: 'pencil', label: t.edit, onChoose: () => onChoose('edit') },
        { kind: 'deed', icon: 'refresh', label: t.rotate, onChoose: () => onChoose('rotate') },
        { kind: 'deed', icon: 'bin', label: t.revoke, isDanger: true, onChoose: () => onChoose('revoke') },
      ]}
    >
      {(trigger) => (
        <ActionIcon {...trigger} variant="subtle" color="gray" aria-label={t.actionsFor(tokenName(token, t))}>
          <Icon name="dots" />
        </ActionIcon>
      )}
    </MenuButton>
  );
}
