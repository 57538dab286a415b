import type { OrganisationResource } from '@keywright/contract';
import { Alert, Group, Stack, Text, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { change } from '../api/api.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { ExactTime } from '../component/relative-time.tsx';
import { Section } from '../component/section.tsx';
import { useApiForm } from '../component/use-api-form.ts';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { useRights } from '../session/use-rights.ts';
import { OrganisationHead, WithOrganisation } from './organisation-frame.tsx';
import { organisationTexts } from './texts.ts';

/** The page of an organisation's name, and what else it is known by. */
export function OrganisationDetailsPage(): ReactElement {
  const t = useTexts(organisationTexts);
  return (
    <>
      <OrganisationHead title={t.detailsTitle} description={t.detailsDescription} />
      <WithOrganisation>{(organisation) => <Details organisation={organisation} />}</WithOrganisation>
    </>
  );
}

function Details({ organisation }: { readonly organisation: OrganisationResource }): ReactElement {
  const t = useTexts(organisationTexts);
  const { isAdministrator } = useRights();
  const save = useChange({
    change: (values: { name: string }) => change('PATCH', '/api/v1/organisation/my', values),
    done: () => t.saved,
    invalidates: [['organisation'], ['user']],
    showsFailure: true,
  });
  const form = useApiForm({ initial: { name: organisation.name }, send: save.mutateAsync });
  const { id, created, parent } = organisation;
  return (
    <Stack gap="lg" maw="52rem">
      {isAdministrator ? null : <Alert icon={<Icon name="info" />}>{t.readOnly}</Alert>}
      <Section id="details" title={t.details}>
        <form onSubmit={form.onSubmit} noValidate>
          <Stack gap="md" maw="28rem">
            <TextInput {...form.field('name')} label={t.name} readOnly={!isAdministrator} />
            <Text size="sm" c="dimmed">
              {t.id}: {id} · {t.created}: <ExactTime time={created} />
              {parent === null ? null : ` · ${t.parent}: ${parent.name}`}
            </Text>
            {form.failure === undefined ? null : <ErrorPanel error={form.failure} />}
            {isAdministrator ? (
              <Group>
                <BusyButton type="submit" isBusy={form.isSending}>
                  {t.save}
                </BusyButton>
              </Group>
            ) : null}
          </Stack>
        </form>
      </Section>
    </Stack>
  );
}
