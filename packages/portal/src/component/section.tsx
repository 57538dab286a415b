import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import classes from './section.module.css';

/** A part of a page of settings, which an address can name by `#id`. */
export function Section({
  id,
  title,
  description,
  actions,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const place = useRef<HTMLElement>(null);
  // The part comes later than its page: the browser has looked for it before it was there.
  useEffect(() => {
    if (window.location.hash === `#${id}`) place.current?.scrollIntoView();
  }, [id]);
  return (
    <section ref={place} id={id} aria-labelledby={`${id}-title`} className={classes['section']}>
      <Group justify="space-between" align="flex-start" gap="sm" mb="md">
        <Box flex="1 1 16rem" miw={0}>
          <Title order={2} id={`${id}-title`}>
            {title}
          </Title>
          {description === undefined ? null : (
            <Text size="sm" c="dimmed" mt={2}>
              {description}
            </Text>
          )}
        </Box>
        {actions === undefined ? null : <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </section>
  );
}
