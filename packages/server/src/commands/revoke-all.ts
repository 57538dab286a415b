import { revokeAllIssuedBefore } from '../domain/revoke-all.ts';
import { defineCommand } from './command.ts';
import { findOrganisation } from './find-subject.ts';
import { isoMoment, print } from './print.ts';
import { withService } from './with-service.ts';

/** `keywright revoke-all`. */
export const revokeAll = defineCommand({
  name: 'revoke-all',
  summary: 'Revoke every auth token and refresh token that was issued until now',
  details: [
    'For after a backup was restored, and for when somebody may have seen tokens. Everybody has to sign in again; application tokens stay, and are exchanged for new auth tokens. Running servers obey at once, and resource servers that follow the revocation feed within a second.',
    'Tokens say in which second they were issued, so what is issued in the same second is revoked too.',
  ],
  arguments: {},
  options: {
    organisation: { value: 'ORGANISATION', meaning: 'Only those for this organisation, by id or name' },
  },
  async run(invocation) {
    const { organisation: wanted } = invocation.options;
    const { issuedBefore, name } = await withService(invocation, async ({ service, actor }) => {
      const scope = wanted === undefined ? 'all' : await findOrganisation(service, wanted);
      const issuedBefore = await revokeAllIssuedBefore(service, actor, scope);
      return { issuedBefore, name: scope === 'all' ? undefined : scope.name };
    });
    const result = { issued_before: isoMoment(issuedBefore), organisation: name ?? null };
    print(invocation, result, () => {
      const whose = name === undefined ? 'Every token' : `Every token for ${name}`;
      return `${whose} that was issued before ${result.issued_before} is revoked.\n`;
    });
    return 0;
  },
});
