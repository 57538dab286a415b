import type { OrganisationResource } from '@keywright/contract';
import { Alert, Stack, Switch } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { change } from '../api/api.ts';
import { ConfirmDialog } from '../component/confirm-dialog.tsx';
import { Icon } from '../component/icon.tsx';
import { Section } from '../component/section.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { useRights } from '../session/use-rights.ts';
import { OrganisationHead, WithOrganisation } from './organisation-frame.tsx';
import { organisationTexts } from './texts.ts';

/** The page of how people sign in to an organisation. */
export function SignInSettingsPage(): ReactElement {
  const t = useTexts(organisationTexts);
  return (
    <>
      <OrganisationHead title={t.signInTitle} description={t.signInDescription} />
      <WithOrganisation>{(organisation) => <Requirement organisation={organisation} />}</WithOrganisation>
    </>
  );
}

function Requirement({ organisation }: { readonly organisation: OrganisationResource }): ReactElement {
  const t = useTexts(organisationTexts);
  const { isAdministrator } = useRights();
  const [isAsking, setAsking] = useState(false);
  const { mfa_required: isRequired } = organisation;
  const require = useChange({
    change: (mfa_required: boolean) => change('PATCH', '/api/v1/organisation/my', { mfa_required }),
    done: (_nothing, isOn) => (isOn ? t.mfaOn : t.mfaOff),
    invalidates: [['organisation']],
  });
  return (
    <Stack gap="lg" maw="52rem">
      {isAdministrator ? null : <Alert icon={<Icon name="info" />}>{t.readOnly}</Alert>}
      <Section id="sign-in" title={t.signIn}>
        <Switch
          checked={isRequired}
          disabled={!isAdministrator}
          label={t.mfaRequired}
          description={t.mfaRequiredHint}
          onChange={() => {
            // Disabled meanwhile, it would lose the focus.
            if (require.isPending) return;
            if (isRequired) setAsking(true);
            else require.mutate(true);
          }}
        />
      </Section>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t.mfaOffTitle}
        confirmLabel={t.mfaOffConfirm}
        onConfirm={() => require.mutateAsync(false)}
      >
        {t.mfaOffHint}
      </ConfirmDialog>
    </Stack>
  );
}
