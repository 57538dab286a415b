import type { OutgoingMail } from '../../packages/server/src/domain/mail-port.ts';

/** A mail whose turn it is, with a link as long as a real one. */
export function sampleMail(change: Partial<OutgoingMail> & { readonly name?: string } = {}): OutgoingMail {
  const { name = 'Jane Doe', ...rest } = change;
  const link = `https://auth.example.com/activation?activationKey=${'x'.repeat(400)}`;
  return {
    id: 7,
    recipient: 'jane@example.com',
    language: 'en',
    messageKey: 'abc',
    createdAt: Date.UTC(2027, 2, 10, 12),
    template: 'activation',
    data: { name, organisation: 'Acme', link },
    ...rest,
  } as OutgoingMail;
}
