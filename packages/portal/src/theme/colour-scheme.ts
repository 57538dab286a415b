import { localStorageColorSchemeManager } from '@mantine/core';

/** Keeps the choice between light, dark and what the system prefers. */
export const colourSchemeManager = localStorageColorSchemeManager({ key: 'keywright-theme' });
