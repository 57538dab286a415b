import type { ReactNode } from 'react';

/** A column of a table. */
export interface Column<T> {
  readonly id: string;
  /** Also what stands beside the value on narrow screens. */
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** The field that the server sorts by; without it the column does not sort. */
  readonly sortField?: string;
  /** Heads the card on narrow screens, without the header beside it. */
  readonly isTitle?: boolean;
  /** Buttons rather than a value: at the end of the row and of the card. */
  readonly isActions?: boolean;
}
