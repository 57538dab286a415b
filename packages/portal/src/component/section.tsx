import { Group, Text, Title } from '@mantine/core';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { Icon, type IconName } from './icon.tsx';
import classes from './section.module.css';

/** A part of a page of settings, which an address can name by `#id`. */
export function Section({
  id,
  title,
  description,
  mark,
  actions,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly description?: ReactNode;
  /** Before the title: what it is about, and how urgent that is. */
  readonly mark?: { readonly icon: IconName; readonly kind: 'muted' | 'warning' | 'bad' };
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}): ReactElement {
  const place = useRef<HTMLElement>(null);
  // The part comes later than its page: the browser has looked for it before it was there.
  useEffect(() => {
    if (window.location.hash === `#${id}`) place.current?.scrollIntoView();
  }, [id]);
  return (
    <section ref={place} id={id} aria-labelledby={`${id}-title`} className={classes['section']}>
      <div className={classes['head']}>
        {mark === undefined ? null : (
          <span className={classes['mark']} data-kind={mark.kind}>
            <Icon name={mark.icon} />
          </span>
        )}
        <div className={classes['text']}>
          <Title order={2} id={`${id}-title`}>
            {title}
          </Title>
          {description === undefined ? null : (
            <Text size="sm" c="dimmed" mt={2}>
              {description}
            </Text>
          )}
        </div>
        {actions === undefined ? null : <Group gap="sm">{actions}</Group>}
      </div>
      {children === undefined ? null : <div className={classes['body']}>{children}</div>}
    </section>
  );
}
