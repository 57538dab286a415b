import type { ReactElement } from 'react';
import { getText } from '../api/api.ts';
import { filterParameters } from '../api/list-request.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { Icon } from '../component/icon.tsx';
import { saveText } from '../component/save-text.ts';
import { useChange } from '../component/use-change.ts';
import type { ListState } from '../component/use-list-state.ts';
import { useTexts } from '../i18n/texts.ts';
import { eventTexts } from './texts.ts';

/** Gives the reader every event that the filters let through as a file, a line of JSON each. */
export function EventExport({ list }: { readonly list: ListState }): ReactElement {
  const t = useTexts(eventTexts);
  const download = useChange<void, string>({
    change: () => getText('/api/v1/event/export', { query: filterParameters(list.request.filters) }),
    onSuccess: (lines) => saveText('keywright-events.ndjson', lines, 'application/x-ndjson'),
  });
  return (
    <BusyButton
      variant="default"
      leftSection={<Icon name="download" size={16} />}
      isBusy={download.isPending}
      onClick={() => download.mutate()}
    >
      {t.download}
    </BusyButton>
  );
}
