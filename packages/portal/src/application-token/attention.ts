/** Why a token needs a look, by the ids of the wire; `GET /api/v1/application_token/attention`. */
export const attentions = { expiring: 1, unused: 2, endless: 3, oneNetwork: 4, tooOften: 5 } as const;

/** Why a token needs a look. */
export type Attention = keyof typeof attentions;
