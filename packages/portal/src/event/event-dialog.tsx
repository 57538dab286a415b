import type { EventResource } from '@keywright/contract';
import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { CopyButton } from '../component/copy-button.tsx';
import { Dialog } from '../component/dialog.tsx';
import { ExactTime } from '../component/relative-time.tsx';
import { useTexts } from '../i18n/texts.ts';
import classes from './event-dialog.module.css';
import { eventTexts } from './texts.ts';

/** Everything that is known of an event. */
export function EventDialog({
  event,
  onClose,
}: {
  readonly event: EventResource;
  readonly onClose: () => void;
}): ReactElement {
  const t = useTexts(eventTexts);
  const { id, timestamp, event_type, user, organisation, request_id, detail } = event;
  return (
    <Dialog onClose={onClose} title={event.description} isWide>
      <Stack gap="md">
        <dl className={classes['facts']}>
          <Fact name={t.columns.time}>
            <ExactTime time={timestamp} />
          </Fact>
          <Fact name={t.type}>
            {event_type.description} ({event_type.id})
          </Fact>
          <Fact name={t.columns.user}>{user === null ? t.noUser : `${user.name} (${user.username})`}</Fact>
          {organisation === null ? null : <Fact name={t.organisation}>{organisation.name}</Fact>}
          <Fact name={t.number}>{String(id)}</Fact>
          {request_id === null ? null : (
            <Fact name={t.requestId}>
              <Group gap="xs">
                <Code>{request_id}</Code>
                <CopyButton text={request_id} variant="subtle" size="compact-xs" />
              </Group>
            </Fact>
          )}
        </dl>
        {detail === undefined ? null : (
          <div>
            <Text fw={500} size="sm" mb={4}>
              {t.details}
            </Text>
            <Code block tabIndex={0}>
              {JSON.stringify(detail, null, 2)}
            </Code>
          </div>
        )}
      </Stack>
    </Dialog>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
