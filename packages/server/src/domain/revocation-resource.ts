import type { RevocationEntry } from '@keywright/contract';
import type { Revocation } from './revocation-port.ts';

/** An entry of the feed, as it is sent. */
export function revocationResource({ ended, expiresAt }: Revocation): RevocationEntry {
  const until = new Date(expiresAt).toISOString();
  switch (ended.kind) {
    case 'subject':
      return { sub: ended.subject, below: ended.below, until };
    case 'session':
      return { sid: ended.sessionId, below: ended.below, until };
    case 'organisation':
      return { org: ended.organisationId, issued_before: new Date(ended.issuedBefore).toISOString(), until };
    case 'all':
      return { all: true, issued_before: new Date(ended.issuedBefore).toISOString(), until };
  }
}
