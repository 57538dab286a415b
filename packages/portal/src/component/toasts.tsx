import { CloseButton } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { useStore } from '../store/store.ts';
import { Icon, type IconName } from './icon.tsx';
import { componentTexts } from './texts.ts';
import { dismissToast, type Toast, toastStore } from './toast.ts';
import classes from './toasts.module.css';

const icons: Readonly<Record<Toast['kind'], IconName>> = { success: 'check', warning: 'warning', failure: 'warning' };
const shownMs: Readonly<Record<Toast['kind'], number>> = { success: 5000, warning: 8000, failure: 15_000 };

/** Where toasts appear; it is there from the start, so that screen readers notice what comes into it. */
export function Toasts(): ReactElement {
  const toasts = useStore(toastStore);
  return (
    <div className={classes.place}>
      <div role="status" className={classes.stack}>
        {toasts.map((toast) => (toast.kind === 'failure' ? null : <Card key={toast.id} toast={toast} />))}
      </div>
      <div role="alert" className={classes.stack}>
        {toasts.map((toast) => (toast.kind === 'failure' ? <Card key={toast.id} toast={toast} /> : null))}
      </div>
    </div>
  );
}

function Card({ toast }: { readonly toast: Toast }): ReactElement {
  const t = useTexts(componentTexts);
  const [isHeld, setHeld] = useState(false);
  const { id, kind, title, message, requestId } = toast;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismissToast(id), shownMs[kind]);
    return () => clearTimeout(timer);
  }, [id, kind, isHeld]);
  return (
    // Whoever reads it keeps it, by pointer or by keyboard.
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing but stay
    <div
      className={classes.toast}
      data-kind={kind}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={classes.icon}>
        <Icon name={icons[kind]} />
      </span>
      <div className={classes.text}>
        {title === undefined ? null : <strong>{title}</strong>}
        <span>{message}</span>
        {requestId === undefined ? null : <code>{t.requestId(requestId)}</code>}
      </div>
      <CloseButton size="sm" aria-label={t.close} onClick={() => dismissToast(id)} />
    </div>
  );
}
