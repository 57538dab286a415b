/** A wish for a mail to whoever has a username, sealed; see mail-request.ts. */
export interface StoredMailRequest {
  readonly id: number;
  /** The request as JSON, sealed for {@link sealedMailRequestPurpose}. */
  readonly sealedData: string;
  readonly createdAt: number;
}

export interface MailRequestStore {
  insertMailRequest(request: Omit<StoredMailRequest, 'id'>): Promise<void>;
  /** The oldest requests, at most `limit`. */
  listMailRequests(limit: number): Promise<StoredMailRequest[]>;
  /** Removes a request; false where somebody else has done so, also at the same moment. */
  takeMailRequest(id: number): Promise<boolean>;
}

/** What the sealed text of a request is bound to. */
export const sealedMailRequestPurpose = 'mail request';
