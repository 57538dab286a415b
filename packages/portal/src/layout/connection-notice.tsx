import { Loader } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { connectionStore } from '../api/connection.ts';
import { useTexts } from '../i18n/texts.ts';
import { useStore } from '../store/store.ts';
import classes from './connection-notice.module.css';
import { layoutTexts } from './texts.ts';

/** What is lost for less is not worth a word. */
const patienceMs = 700;

/** Says quietly, over the page, that the server does not answer for the moment. */
export function ConnectionNotice(): ReactElement {
  const t = useTexts(layoutTexts);
  const isLost = useStore(connectionStore) === 'lost';
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(isLost), isLost ? patienceMs : 0);
    return () => clearTimeout(timer);
  }, [isLost]);
  return (
    <div role="status" className={classes.place}>
      {isShown ? (
        <div className={classes.notice}>
          <Loader size={14} color="currentColor" aria-hidden="true" />
          {navigator.onLine ? t.lostConnection : t.offline}
        </div>
      ) : null}
    </div>
  );
}
