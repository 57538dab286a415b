import { colourSchemeKey } from './colour-scheme-key.ts';

function chosenScheme(): string | null {
  try {
    return localStorage.getItem(colourSchemeKey);
  } catch {
    // Storage may be forbidden; nobody has chosen then.
    return null;
  }
}

// As Mantine does once it runs, which is later than the first paint: this file is all that a page waits for.
const chosen = chosenScheme();
const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
document.documentElement.dataset['mantineColorScheme'] = chosen === 'light' || chosen === 'dark' ? chosen : preferred;
