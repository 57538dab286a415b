import type { DelayReason } from '../domain/revocation-port.ts';

/** The tables of the revocation feed. */
export interface RevocationSchema {
  revocation: RevocationTable;
  revocation_audience: RevocationAudienceTable;
  revocation_feed: RevocationFeedTable;
}

export interface RevocationTable {
  id: string;
  /** Its place in the feed; null until it has one. */
  sequence: number | null;
  subject: string | null;
  session_id: number | null;
  organisation_id: number | null;
  below: number | null;
  issued_before: number | null;
  /** A JSON array of numbers. */
  audience: string;
  reason: DelayReason | null;
  due_at: number;
  expires_at: number;
}

interface RevocationAudienceTable {
  audience: number;
  sequence: number;
}

interface RevocationFeedTable {
  /** There is one row. */
  id: 1;
  last_sequence: number;
}
