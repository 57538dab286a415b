import { type MantineColorScheme, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { type ReactElement, startTransition } from 'react';
import { Icon, type IconName } from '../component/icon.tsx';
import { chooseLanguage, type Language, languageNames, languageStore } from '../i18n/language.ts';
import { useTexts } from '../i18n/texts.ts';
import { layoutTexts } from '../layout/texts.ts';
import { useStore } from '../store/store.ts';
import classes from './sign-preferences.module.css';

const icons: Readonly<Record<MantineColorScheme, IconName>> = { auto: 'screen', light: 'sun', dark: 'moon' };
const next: Readonly<Record<MantineColorScheme, MantineColorScheme>> = { auto: 'light', light: 'dark', dark: 'auto' };

/** Language and appearance, for who is not signed in: what the browser brings along, since a menu weighs 30 kB. */
export function SignPreferences(): ReactElement {
  const t = useTexts(layoutTexts);
  const language = useStore(languageStore);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={classes['row']}>
      <label className={classes['control']}>
        <Icon name="globe" />
        <select
          aria-label={t.language}
          value={language}
          onChange={({ currentTarget }) => startTransition(() => chooseLanguage(currentTarget.value as Language))}
        >
          {Object.entries(languageNames).map(([value, name]) => (
            <option key={value} value={value} lang={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <UnstyledButton
        className={classes['control']}
        aria-label={`${t.theme}: ${t.themes[colorScheme]}`}
        title={`${t.theme}: ${t.themes[colorScheme]}`}
        onClick={() => setColorScheme(next[colorScheme])}
      >
        <Icon name={icons[colorScheme]} />
      </UnstyledButton>
    </div>
  );
}
