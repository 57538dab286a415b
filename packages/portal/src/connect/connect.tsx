import type { PortalSettings } from '@keywright/contract';
import { Alert, Code, Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { settingsQuery } from '../api/portal-settings.ts';
import { CopyButton } from '../component/copy-button.tsx';
import { ErrorPanel } from '../component/error-panel.tsx';
import { Icon } from '../component/icon.tsx';
import { PageHeader } from '../component/page-header.tsx';
import { useTexts } from '../i18n/texts.ts';
import classes from './connect.module.css';
import { hasPublicKeys, type SnippetName, snippetNames, snippetOf } from './snippet.ts';
import { connectTexts } from './texts.ts';

const exportCommand = 'npx keywright key export > hs256-secrets.json';

/** How an API or a program is connected: where everything is, with which keys, and what to paste. */
export function Connect(): ReactElement {
  const t = useTexts(connectTexts);
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  return (
    <>
      <PageHeader title={t.title} description={t.description} />
      {error !== null && settings === undefined ? (
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      ) : (
        <Stack gap="xl">
          {settings === undefined ? <Skeleton height={420} radius="md" /> : <Parts settings={settings} />}
        </Stack>
      )}
    </>
  );
}

function Parts({ settings }: { readonly settings: PortalSettings }): ReactElement {
  return (
    <>
      <Snippets settings={settings} />
      <Keys settings={settings} />
      <Endpoints settings={settings} />
    </>
  );
}

function Snippets({ settings }: { readonly settings: PortalSettings }): ReactElement {
  const t = useTexts(connectTexts);
  const [name, setName] = useState<SnippetName>('curl');
  const text = snippetOf(name, settings);
  return (
    <section aria-label={t.snippets}>
      <Group justify="space-between" mb="sm" gap="sm">
        <div className={classes.choice}>
          <SegmentedControl
            transitionDuration={0}
            aria-label={t.snippets}
            value={name}
            onChange={(chosen) => setName(chosen as SnippetName)}
            data={snippetNames.map((value) => ({ value, label: t.languages[value] }))}
          />
        </div>
        <CopyButton text={text} label={t.copySnippet} variant="default" size="xs" />
      </Group>
      <Code block className={classes.code} tabIndex={0} aria-label={t.languages[name]}>
        {text}
      </Code>
    </section>
  );
}

function Keys({ settings }: { readonly settings: PortalSettings }): ReactElement {
  const t = useTexts(connectTexts);
  return (
    <section>
      <Title order={2} mb="sm">
        {t.keys}
      </Title>
      {hasPublicKeys(settings) ? (
        <Text>{t.publicKeys(settings.signing_algorithm)}</Text>
      ) : (
        <Alert color="yellow" icon={<Icon name="warning" />}>
          <Text size="sm">{t.sharedSecret}</Text>
          <Text size="sm" mt="xs">
            {t.exportSecret} <Code>{exportCommand}</Code>
          </Text>
        </Alert>
      )}
      <Text size="sm" c="dimmed" mt="sm">
        {t.revocationHint}
      </Text>
    </section>
  );
}

function Endpoints({ settings }: { readonly settings: PortalSettings }): ReactElement {
  const t = useTexts(connectTexts);
  const { names } = t;
  const url = (path: string): string => `${settings.public_url}${path}`;
  const entries: readonly (readonly [name: string, value: string])[] = [
    [names.issuer, settings.public_url],
    [names.audience, settings.audience],
    [names.algorithm, settings.signing_algorithm],
    [names.exchange, url('/api/v1/authenticate')],
    ...(hasPublicKeys(settings) ? [[names.keys, url('/.well-known/jwks.json')] as const] : []),
    [names.revocations, url('/api/v1/revocation')],
    [names.forwardAuth, url('/api/v1/forward_auth')],
    [names.oauth, url('/oauth2/token')],
    [names.introspection, url('/oauth2/introspect')],
    [names.metadata, url('/.well-known/oauth-authorization-server')],
  ];
  return (
    <section>
      <Title order={2} mb="sm">
        {t.endpoints}
      </Title>
      <div className={classes.panel}>
        {entries.map(([name, value]) => (
          <div key={name} className={classes.endpoint}>
            <Text size="sm" c="dimmed">
              {name}
            </Text>
            <span className={classes.value}>{value}</span>
            <CopyButton text={value} variant="subtle" size="compact-xs" aria-label={t.copyOf(name)} />
          </div>
        ))}
      </div>
    </section>
  );
}
