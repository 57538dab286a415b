/** A line for a shell that exchanges a token for an auth token. */
export function exchangeCommand(publicUrl: string, secret: string): string {
  const body = JSON.stringify({ application_token: secret });
  return `curl -X POST '${publicUrl}/api/v1/authenticate' -H 'Content-Type: application/json' -d '${body}'`;
}
