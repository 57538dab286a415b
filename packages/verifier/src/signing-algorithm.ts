/** The algorithms that Keywright signs auth tokens with (RFC 7518 §3.1, RFC 8037 §3.1). No other is accepted. */
export const signingAlgorithms = ['HS256', 'EdDSA', 'ES256', 'RS256'] as const;

/** One of the algorithms that Keywright signs auth tokens with. */
export type SigningAlgorithm = (typeof signingAlgorithms)[number];
