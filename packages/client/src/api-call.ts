/** What the client has to know of a call to make it. */
export interface CallDescription {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  /** The names of the parameters of its query. */
  readonly query: readonly string[];
  /** Of what kind its body is; absent where it takes none. */
  readonly body?: 'json' | 'form';
  /**
   * What it answers: JSON; a page of a collection; the path of what was made; nothing; lines of JSON; or what the caller
   * reads.
   */
  readonly answer: 'json' | 'page' | 'location' | 'nothing' | 'lines' | 'response';
  readonly sendsToken: boolean;
}

export interface CallOptions {
  /** Ends the call, which then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A part of a collection. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly totalCount: number;
  readonly totalPages: number;
  /** From 1. */
  readonly currentPage: number;
  readonly countPerPage: number;
}
