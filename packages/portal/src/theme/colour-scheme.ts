import { localStorageColorSchemeManager } from '@mantine/core';
import { colourSchemeKey } from './colour-scheme-key.ts';

/** Keeps the choice between light, dark and what the system prefers. */
export const colourSchemeManager = localStorageColorSchemeManager({ key: colourSchemeKey });
