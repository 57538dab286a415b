import type { ApplicationTokenResource } from '@keywright/contract';
import { Anchor, Code, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { settingsQuery } from '../api/portal-settings.ts';
import { listQuery } from '../api/query.ts';
import { type Attention, attentions } from '../application-token/attention.ts';
import { tokenTexts } from '../application-token/texts.ts';
import { tokenName } from '../application-token/token-name.ts';
import { mayChange } from '../application-token/token-rights.ts';
import { CopyButton } from '../component/copy-button.tsx';
import type { IconName } from '../component/icon.tsx';
import { RelativeTime } from '../component/relative-time.tsx';
import { Section } from '../component/section.tsx';
import { SettingEntry, SettingList } from '../component/setting-list.tsx';
import { useTexts } from '../i18n/texts.ts';
import { sessionStore } from '../session/session.ts';
import { useStore } from '../store/store.ts';
import { reuseSnippet } from './reuse-snippet.ts';
import { startTexts } from './texts.ts';
import { TokenRemedy } from './token-remedy.tsx';

type Token = ApplicationTokenResource;

const shown = 5;

const icons: Readonly<Record<Attention, IconName>> = {
  expiring: 'clock',
  unused: 'moon',
  endless: 'lock',
  oneNetwork: 'globe',
  tooOften: 'refresh',
};

/** How a page reads the tokens that need a look for one reason. */
export function attentionQuery(reason: Attention) {
  return listQuery<Token>('/api/v1/application_token', {
    page: 1,
    perPage: shown,
    filters: { attention: String(attentions[reason]) },
  });
}

/** The tokens that need a look for one reason, each with what mends it. */
export function TokenAttention({ reason }: { readonly reason: Attention }): ReactElement | null {
  const t = useTexts(startTexts);
  const { data } = useQuery(attentionQuery(reason));
  if (data === undefined || data.rows.length === 0) return null;
  const { title, hint } = t[reason];
  return (
    <Section id={reason} title={title} description={hint} mark={{ icon: icons[reason], kind: 'warning' }}>
      {reason === 'tooOften' ? <Snippet /> : null}
      <SettingList label={title}>
        {data.rows.map((token) => (
          <TokenEntry key={token.id} token={token} reason={reason} />
        ))}
      </SettingList>
      {data.total > data.rows.length ? (
        <Group justify="flex-end" mt="xs">
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/integrations"
                hash="application-tokens"
                search={{ attention: attentions[reason] }}
              />
            )}
          >
            {t.showAll(data.total)}
          </Anchor>
        </Group>
      ) : null}
    </Section>
  );
}

function TokenEntry({ token, reason }: { readonly token: Token; readonly reason: Attention }): ReactElement {
  const t = useTexts(startTexts);
  const texts = useTexts(tokenTexts);
  const session = useStore(sessionStore);
  const mayMend = session.status === 'signed-in' && mayChange(token, session.claims);
  return (
    <SettingEntry
      icon="key"
      title={tokenName(token, texts)}
      details={
        <>
          {token.last_used === null ? (
            t.neverUsed
          ) : (
            <>
              {t.lastUsed} <RelativeTime time={token.last_used} />
            </>
          )}
          {token.expiry_date === null ? null : (
            <>
              {' · '}
              {t.ends} <RelativeTime time={token.expiry_date} />
            </>
          )}
          {mayMend || token.creator === null ? null : ` · ${texts.columns.creator} ${token.creator.name}`}
          {reason === 'tooOften' ? ` · ${t.tooOften.count(token.recent_exchanges)}` : null}
        </>
      }
      actions={mayMend ? <TokenRemedy token={token} reason={reason} /> : null}
    />
  );
}

function Snippet(): ReactElement {
  const { tooOften: t } = useTexts(startTexts);
  const { data: settings } = useQuery(settingsQuery);
  const text = reuseSnippet(settings?.public_url ?? window.location.origin);
  return (
    <div>
      <Group justify="flex-end" mb={4}>
        <CopyButton text={text} label={t.copy} variant="default" size="xs" />
      </Group>
      <Code block tabIndex={0} fz="xs" mb="sm">
        {text}
      </Code>
    </div>
  );
}
