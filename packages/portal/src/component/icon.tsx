import type { ReactElement } from 'react';

/** The shapes, on a grid of 24, drawn with a line. */
const shapes = {
  home: 'M4 11.5 12 5l8 6.5M6 10v9h4.5v-5h3v5H18v-9',
  key: 'M8.5 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12.5 12H21M17 12v3.5M21 12v4',
  plug: 'M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0ZM12 17v4',
  users:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.4-3.6 3-5.5 6.5-5.500s6.1 1.9 6.5 5.500M16 4.300a3.5 3.5 0 0 1 0 6.500M18 14.800c2 .7 3.2 2.5 3.5 5.2',
  building: 'M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  user: 'M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.500c.5-4 3.5-6 7.5-6s7 2 7.5 6',
  book: 'M12 6.500C10.5 5.2 8.5 4.5 4 4.500v13.500c4.5 0 6.5.7 8 2 1.5-1.3 3.5-2 8-2V4.500c-4.5 0-6.5.7-8 2ZM12 6.500V20',
  signOut: 'M10 4H5v16h5M14.5 8l4 4-4 4M18 12H9.5',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.500V5M12 19v2.500M2.5 12H5M19 12h2.500M5.3 5.3 7 7M17 17l1.7 1.700M5.3 18.7 7 17M17 7l1.7-1.7',
  moon: 'M20 14.500A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500Z',
  screen: 'M3.5 5h17v11h-17ZM9 20h6M12 16v4',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  cross: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h10.500v11.500H9ZM5.5 15H4V3.500h10.500V5.5',
  warning: 'M12 4 2.8 19.500h18.400ZM12 10v4.500M12 17.200v.01',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 7.800v.01',
  lock: 'M5.5 10.500h13V20h-13ZM8.5 10.500V7.500a3.5 3.5 0 0 1 7 0v3',
  mail: 'M3.5 5.500h17v13h-17ZM4 6.500l8 6.5 8-6.5',
  phone: 'M7 2.500h10v19H7ZM11 18.500h2',
  fingerprint:
    'M6 10a6 6 0 0 1 12 0c0 3 0 5.5-1 8.500M9 20c1-2.5 1.2-5.5 1.2-9.500a1.8 1.8 0 0 1 3.6 0c0 4 0 7-1 10.500M6 13.500c0 1.5-.2 3-.8 4.5',
  lifebuoy:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 15.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5.6 5.600l3.9 3.900M14.5 14.500l3.9 3.900M5.6 18.400l3.9-3.900M14.5 9.500l3.9-3.9',
  chevronDown: 'm6 9.5 6 6 6-6',
  chevronUp: 'm6 14.5 6-6 6 6',
  sort: 'm8 9 4-4 4 4M8 15l4 4 4-4',
  chevronRight: 'm9.5 6 6 6-6 6',
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20.5 20.5',
  refresh: 'M19.5 8A8.3 8.3 0 0 0 4.2 9.500M4.5 16a8.3 8.3 0 0 0 15.3-1.500M20 3.500V8h-4.500M4 20.500V16h4.5',
  bin: 'M4.5 6.500h15M9 6.500V4h6v2.500M6.5 6.500l.8 14h9.400l.8-14M10 10.500v6M14 10.500v6',
  pencil: 'M4 20l1-4.500L16 4.500l3.5 3.500L8.5 19ZM13.5 7l3.5 3.5',
  dots: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  external: 'M13.5 4.500h6v6M19 5l-8.5 8.500M16 13.500V19.500H4.500V8h6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18',
  shield: 'M12 3 4.5 6v5.500c0 4.5 3 7.8 7.5 9.5 4.5-1.7 7.5-5 7.5-9.500V6Z',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.500M4.5 19.500h15',
  arrowLeft: 'M19.5 12H5M11 6l-6 6 6 6',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** An icon beside a text that says the same: screen readers pass over it. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
