import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { startTransition } from 'react';
import type { IconName } from '../component/icon.tsx';
import type { MenuEntry } from '../component/menu-entry.ts';
import { chooseLanguage, type Language, languageNames, languageStore } from '../i18n/language.ts';
import { useTexts } from '../i18n/texts.ts';
import { useStore } from '../store/store.ts';
import { layoutTexts } from './texts.ts';

const themeIcons: Readonly<Record<MantineColorScheme, IconName>> = { auto: 'screen', light: 'sun', dark: 'moon' };

/** For a menu: light, dark, or as the system has it. */
export function useThemeChoice(): MenuEntry {
  const t = useTexts(layoutTexts);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return {
    kind: 'choice',
    label: t.theme,
    chosen: colorScheme,
    options: (['auto', 'light', 'dark'] as const).map((value) => ({
      value,
      label: t.themes[value],
      icon: themeIcons[value],
    })),
    onChoose: (value) => setColorScheme(value as MantineColorScheme),
  };
}

/** For a menu: the language of the pages. */
export function useLanguageChoice(): MenuEntry {
  const t = useTexts(layoutTexts);
  const language = useStore(languageStore);
  return {
    kind: 'choice',
    label: t.language,
    chosen: language,
    options: Object.entries(languageNames).map(([value, label]) => ({ value, label, lang: value })),
    onChoose: (value) => startTransition(() => chooseLanguage(value as Language)),
  };
}
