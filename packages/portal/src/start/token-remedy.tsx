import type { ApplicationTokenResource } from '@keywright/contract';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { change } from '../api/api.ts';
import type { Attention } from '../application-token/attention.ts';
import { tokenTexts } from '../application-token/texts.ts';
import { tokenName } from '../application-token/token-name.ts';
import { BusyButton } from '../component/busy-button.tsx';
import { useChange } from '../component/use-change.ts';
import { useTexts } from '../i18n/texts.ts';
import { extendedEnd } from './extended-end.ts';
import { startTexts } from './texts.ts';

const RevokeTokens = lazy(async () => ({
  default: (await import('../application-token/revoke-tokens.tsx')).RevokeTokens,
}));

/** The one step that mends what is wrong with a token, for a reader who may take it. */
export function TokenRemedy({
  token,
  reason,
}: {
  readonly token: ApplicationTokenResource;
  readonly reason: Attention;
}): ReactElement | null {
  const t = useTexts(startTexts);
  const name = tokenName(token, useTexts(tokenTexts));
  const [isRevoking, setRevoking] = useState(false);
  const patch = useChange({
    change: ({ body }: Patch) => change('PATCH', `/api/v1/application_token/${token.id}`, body),
    done: (_nothing, { done }: Patch) => done,
    invalidates: [['application_token']],
  });
  if (reason === 'tooOften') return null;
  if (reason === 'unused') {
    return (
      <>
        <Remedy label={t.unused.act} name={name} isBusy={false} onPress={() => setRevoking(true)} />
        <Suspense>{isRevoking ? <RevokeTokens tokens={[token]} onClose={() => setRevoking(false)} /> : null}</Suspense>
      </>
    );
  }
  const network = token.network ?? '';
  const end = { expiry_date: extendedEnd(token.expiry_date, Date.now()) };
  const remedies = {
    expiring: { label: t.expiring.act, body: end, done: t.expiring.done(name) },
    endless: { label: t.endless.act, body: end, done: t.endless.done(name) },
    oneNetwork: { label: t.oneNetwork.act(network), body: { ip: network }, done: t.oneNetwork.done(name, network) },
  };
  const { label, ...remedy } = remedies[reason];
  return <Remedy label={label} name={name} isBusy={patch.isPending} onPress={() => patch.mutate(remedy)} />;
}

interface Patch {
  readonly body: object;
  readonly done: string;
}

function Remedy({
  label,
  name,
  isBusy,
  onPress,
}: {
  readonly label: string;
  readonly name: string;
  readonly isBusy: boolean;
  readonly onPress: () => void;
}): ReactElement {
  return (
    <BusyButton variant="default" size="xs" aria-label={`${label}: ${name}`} isBusy={isBusy} onClick={onPress}>
      {label}
    </BusyButton>
  );
}
