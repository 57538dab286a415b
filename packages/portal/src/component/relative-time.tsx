import { Text, Tooltip } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { formatRelativeTime, relativeTimeStepMs } from '../i18n/relative-time.ts';
import { useLocale } from '../i18n/use-locale.ts';

/** A time as the reader would say it, that goes with the clock; under the pointer in full, here and in UTC. */
export function RelativeTime({ time }: { readonly time: string }): ReactElement {
  const locale = useLocale();
  const now = useNow(new Date(time).getTime());
  return (
    <ExactTimeTooltip time={time}>
      <Text component="time" dateTime={time} inherit tabIndex={0}>
        {formatRelativeTime(new Date(time).getTime(), now, locale)}
      </Text>
    </ExactTimeTooltip>
  );
}

/** A time in full, in the reader's zone; under the pointer in UTC as well. */
export function ExactTime({ time }: { readonly time: string }): ReactElement {
  const locale = useLocale();
  return (
    <ExactTimeTooltip time={time}>
      <Text component="time" dateTime={time} inherit tabIndex={0}>
        {new Date(time).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })}
      </Text>
    </ExactTimeTooltip>
  );
}

function ExactTimeTooltip({
  time,
  children,
}: {
  readonly time: string;
  readonly children: ReactElement;
}): ReactElement {
  const locale = useLocale();
  const date = new Date(time);
  const local = date.toLocaleString(locale, { dateStyle: 'long', timeStyle: 'long' });
  const utc = date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
  return (
    <Tooltip
      label={
        <>
          {local}
          <br />
          {utc} UTC
        </>
      }
    >
      {children}
    </Tooltip>
  );
}

/** The present, as often as words about a time may change. */
function useNow(time: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), relativeTimeStepMs(time, now));
    return () => clearTimeout(timer);
  }, [time, now]);
  return now;
}
