import { Anchor, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../component/icon.tsx';
import { formatCountdown } from '../i18n/relative-time.ts';
import { useTexts } from '../i18n/texts.ts';
import classes from './locked-card.module.css';
import { SignFrame } from './sign-frame.tsx';
import { SignLink } from './sign-link.tsx';
import { signTexts } from './texts.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

/** Counts down until the next try, and then lets it be made. */
export function LockedCard({
  endsAt,
  onEnd,
  onLeave,
}: {
  readonly endsAt: number;
  readonly onEnd: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const t = useTexts(signTexts);
  const leftSeconds = useSecondsLeft(endsAt, onEnd);
  return (
    <SignFrame
      title={t.lockedTitle}
      below={
        <Anchor component="button" type="button" onClick={onLeave}>
          {t.differentAccount}
        </Anchor>
      }
    >
      <Stack gap="sm" align="center" ta="center" role="alert">
        <Icon name="lock" size={28} />
        <Text>{t.lockedText}</Text>
        <Text component="span" role="timer" aria-live="off" className={classes.time}>
          {formatCountdown(leftSeconds)}
        </Text>
        <Text size="sm" c="dimmed">
          {t.lockedHint}
        </Text>
        <SignLink view="forgotten-password">{t.forgotten}</SignLink>
      </Stack>
    </SignFrame>
  );
}
