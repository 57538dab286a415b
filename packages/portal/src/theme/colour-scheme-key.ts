/** Under what the choice between light, dark and what the system prefers is kept. */
export const colourSchemeKey = 'keywright-theme';
