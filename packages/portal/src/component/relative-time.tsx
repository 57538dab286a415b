import { Text } from '@mantine/core';
import { type FocusEvent, type ReactElement, useEffect, useId, useRef, useState } from 'react';
import { formatRelativeTime, relativeTimeStepMs } from '../i18n/relative-time.ts';
import { useLocale } from '../i18n/use-locale.ts';
import { defineLatePart } from './late-part.ts';

// What places it weighs 15 kB, and a page shows many times before anybody points at one.
const timeTooltip = defineLatePart(async () => (await import('./time-tooltip.tsx')).TimeTooltip);

/** How long the pointer rests on a time before it is shown in full. */
const restMs = 200;

/** A time as the reader would say it, that goes with the clock; under the pointer in full, here and in UTC. */
export function RelativeTime({ time }: { readonly time: string }): ReactElement {
  const locale = useLocale();
  const now = useNow(new Date(time).getTime());
  return <TimeText time={time}>{formatRelativeTime(new Date(time).getTime(), now, locale)}</TimeText>;
}

/** A time in full, in the reader's zone; under the pointer in UTC as well. */
export function ExactTime({ time }: { readonly time: string }): ReactElement {
  const locale = useLocale();
  return (
    <TimeText time={time}>
      {new Date(time).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })}
    </TimeText>
  );
}

/** Words about a time, with what tells it in full under the pointer or the focus. */
function TimeText({ time, children }: { readonly time: string; readonly children: string }): ReactElement {
  const id = useId();
  const TimeTooltip = timeTooltip.use();
  const [target, setTarget] = useState<HTMLElement>();
  const [isOpen, setOpen] = useState(false);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const aim = (element: HTMLElement): void => {
    setTarget(element);
    void timeTooltip.fetch();
  };
  const close = (): void => {
    clearTimeout(rest.current);
    setOpen(false);
  };
  useEffect(() => () => clearTimeout(rest.current), []);
  return (
    <>
      <Text
        component="time"
        dateTime={time}
        inherit
        tabIndex={0}
        aria-describedby={isOpen ? id : undefined}
        onPointerEnter={({ currentTarget }) => {
          aim(currentTarget);
          rest.current = setTimeout(() => setOpen(true), restMs);
        }}
        onPointerLeave={close}
        onFocus={({ currentTarget }: FocusEvent<HTMLElement>) => {
          aim(currentTarget);
          if (currentTarget.matches(':focus-visible')) setOpen(true);
        }}
        onBlur={close}
      >
        {children}
      </Text>
      {TimeTooltip === undefined || target === undefined ? null : (
        <TimeTooltip id={id} time={time} target={target} isOpen={isOpen} onClose={close} />
      )}
    </>
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
