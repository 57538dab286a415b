import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { type ReactElement, startTransition } from 'react';
import { Icon, type IconName } from '../component/icon.tsx';
import { chooseLanguage, type Language, languageNames, languageStore } from '../i18n/language.ts';
import { useTexts } from '../i18n/texts.ts';
import { useStore } from '../store/store.ts';
import { layoutTexts } from './texts.ts';

const themeIcons: Readonly<Record<MantineColorScheme, IconName>> = { auto: 'screen', light: 'sun', dark: 'moon' };

/** In a menu: light, dark, or as the system has it. */
export function ThemeChoice(): ReactElement {
  const t = useTexts(layoutTexts);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Choice
      label={t.theme}
      chosen={colorScheme}
      options={(['auto', 'light', 'dark'] as const).map((value) => ({
        value,
        label: t.themes[value],
        icon: themeIcons[value],
      }))}
      choose={setColorScheme}
    />
  );
}

/** In a menu: the language of the pages. */
export function LanguageChoice(): ReactElement {
  const t = useTexts(layoutTexts);
  const language = useStore(languageStore);
  const languages = Object.entries(languageNames) as [Language, string][];
  return (
    <Choice
      label={t.language}
      chosen={language}
      options={languages.map(([value, label]) => ({ value, label, lang: value }))}
      choose={(value) => startTransition(() => chooseLanguage(value))}
    />
  );
}

interface Option<T> {
  readonly value: T;
  readonly label: string;
  readonly icon?: IconName;
  readonly lang?: string;
}

function Choice<T extends string>({
  label,
  chosen,
  options,
  choose,
}: {
  readonly label: string;
  readonly chosen: T;
  readonly options: readonly Option<T>[];
  readonly choose: (value: T) => void;
}): ReactElement {
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      <Menu.RadioGroup value={chosen} onChange={(value) => choose(value as T)}>
        {options.map(({ value, label: name, icon, lang }) => (
          <Menu.RadioItem
            key={value}
            value={value}
            lang={lang}
            rightSection={icon === undefined ? null : <Icon name={icon} size={16} />}
          >
            {name}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
