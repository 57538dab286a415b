import { Button } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { IconName } from '../component/icon.tsx';
import { Section } from '../component/section.tsx';
import { useTexts } from '../i18n/texts.ts';
import { startTexts } from './texts.ts';
import { weekAgo } from './week-ago.ts';

/** Says what needs a look and leads to where it is mended. */
function Notice({
  id,
  icon,
  title,
  hint,
  act,
  link,
}: {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly hint: string;
  readonly act: string;
  readonly link: LinkProps;
}): ReactElement {
  return (
    <Section
      id={id}
      title={title}
      description={hint}
      mark={{ icon, kind: 'bad' }}
      actions={
        <Button variant="default" size="xs" renderRoot={(props) => <Link {...props} {...link} />}>
          {act}
        </Button>
      }
    />
  );
}

/** The reader has no second factor. */
export function NoFactorNotice(): ReactElement {
  const { noFactor: t } = useTexts(startTexts);
  return (
    <Notice
      id="no-factor"
      icon="shield"
      title={t.title}
      hint={t.hint}
      act={t.act}
      link={{ to: '/user-settings', hash: 'two-factor-authentication' }}
    />
  );
}

/** Sign-ins have failed. */
export function FailureNotice({ count }: { readonly count: number }): ReactElement {
  const { failures: t } = useTexts(startTexts);
  return (
    <Notice
      id="failures"
      icon="warning"
      title={t.title(count)}
      hint={t.hint}
      act={t.act}
      link={{ to: '/events', search: { type: 6, from: weekAgo(Date.now()) } }}
    />
  );
}

/** Others in the organisation have no second factor. */
export function OthersWithoutNotice({ count }: { readonly count: number }): ReactElement {
  const { othersWithout: t } = useTexts(startTexts);
  return (
    <Notice
      id="others-without"
      icon="users"
      title={t.title(count)}
      hint={t.hint}
      act={t.act}
      link={{ to: '/organisation-settings/sign-in' }}
    />
  );
}
