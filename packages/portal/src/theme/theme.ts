import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e7f5f6',
  '#d0e9ec',
  '#a5d4da',
  '#78bfc8',
  '#57b2bd',
  '#2f98a6',
  '#12798a',
  '#0b6774',
  '#085560',
  '#05424b',
];

const gray: MantineColorsTuple = [
  '#f7f9fa',
  '#eff2f4',
  '#e4e9ed',
  '#d6dde3',
  '#c2ccd4',
  '#94a1ad',
  '#586571',
  '#465260',
  '#2f3942',
  '#1c242b',
];

const dark: MantineColorsTuple = [
  '#e4e9ed',
  '#bcc6ce',
  '#9ba7b2',
  '#75828e',
  '#3b4650',
  '#2b343c',
  '#1e252c',
  '#151a1f',
  '#101418',
  '#0a0d10',
];

const red: MantineColorsTuple = [
  '#fdeeec',
  '#fadbd8',
  '#f3b5ae',
  '#ec8b81',
  '#f0776b',
  '#dc4a3c',
  '#c8352a',
  '#b3261e',
  '#951e17',
  '#771812',
];

const yellow: MantineColorsTuple = [
  '#fdf8ea',
  '#faefcd',
  '#f5dfa0',
  '#efcd70',
  '#e6b83f',
  '#cf9a17',
  '#ad7c08',
  '#8a5a00',
  '#6b4600',
  '#4d3200',
];

/** What the pages look like: one accent, cool greys, one type. */
export const theme = createTheme({
  colors: { petrol, gray, dark, red, yellow },
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  white: '#ffffff',
  black: '#182026',
  fontFamily:
    '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", "Liberation Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.5', md: '1.55', lg: '1.5', xl: '1.4' },
  radius: { xs: '4px', sm: '7px', md: '10px', lg: '14px', xl: '20px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.5' },
    },
  },
  shadows: {
    xs: '0 1px 2px rgb(16 24 32 / 6%)',
    sm: '0 1px 3px rgb(16 24 32 / 8%), 0 1px 2px rgb(16 24 32 / 6%)',
    md: '0 6px 20px rgb(16 24 32 / 10%), 0 2px 6px rgb(16 24 32 / 6%)',
    lg: '0 12px 32px rgb(16 24 32 / 14%), 0 4px 12px rgb(16 24 32 / 8%)',
    xl: '0 24px 48px rgb(16 24 32 / 18%)',
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Anchor: { defaultProps: { underline: 'hover', size: 'sm' } },
    Text: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: false } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { color: '#0a1218', backgroundOpacity: 0.5 },
        transitionProps: { duration: 120 },
      },
    },
    Menu: {
      defaultProps: {
        shadow: 'md',
        radius: 'md',
        offset: 4,
        transitionProps: { duration: 80 },
        withInitialFocusPlaceholder: false,
      },
    },
    Loader: { defaultProps: { type: 'oval' } },
    Checkbox: { defaultProps: { radius: 'xs' } },
  },
});

/**
 * On our dark, Mantine's own choice of error text is too dark, and its light variants are darker than what they stand on: a
 * breath of the colour over it instead.
 */
export const cssVariables: CSSVariablesResolver = ({ colors }) => {
  const tints = Object.keys(colors)
    .filter((name) => name !== 'dark')
    .flatMap((name) => {
      const mix = (percent: number): string =>
        `color-mix(in srgb, var(--mantine-color-${name}-5) ${percent}%, transparent)`;
      return [
        [`--mantine-color-${name}-light`, mix(name === 'petrol' ? 16 : 9)],
        [`--mantine-color-${name}-light-hover`, mix(name === 'petrol' ? 22 : 15)],
        [`--mantine-color-${name}-light-color`, `var(--mantine-color-${name}-3)`],
      ];
    });
  return {
    variables: {},
    light: {},
    dark: { ...Object.fromEntries(tints), '--mantine-color-error': 'var(--mantine-color-red-4)' },
  };
};
