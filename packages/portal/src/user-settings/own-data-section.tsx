import type { ReactElement } from 'react';
import { getResource } from '../api/api.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { Icon } from '../component/icon.tsx';
import { saveText } from '../component/save-text.ts';
import { Section } from '../component/section.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { userSettingsTexts } from './texts.ts';

/** Gives the reader everything that is kept about them. */
export function OwnDataSection(): ReactElement {
  const { data: t } = useTexts(userSettingsTexts);
  const download = useChange<void, unknown>({
    change: () => getResource('/api/v1/user/my/data'),
    onSuccess: (data) => saveText('keywright-my-data.json', `${JSON.stringify(data, null, 2)}\n`, 'application/json'),
  });
  return (
    <Section id="data" title={t.title} description={t.description}>
      <BusyButton
        variant="default"
        leftSection={<Icon name="download" size={16} />}
        isBusy={download.isPending}
        onClick={() => download.mutate()}
      >
        {t.download}
      </BusyButton>
    </Section>
  );
}
