/**
 * Makes the function that gives each request its id: a prefix of this process, and a count.
 *
 * An id that the client sends is never taken over, since it would end up in logs and events as if it were ours.
 *
 * @param prefixBytes from a strong source, so that no two processes count under one prefix
 */
export function createRequestIds(prefixBytes: Uint8Array): () => string {
  const prefix = Buffer.from(prefixBytes).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
