import { identifyCaller } from './caller.ts';
import { Refusal } from './errors.ts';
import { findFirstWorkspace } from './first-workspace.ts';
import { readMfaToken } from './mfa-token.ts';
import type { Caller, Client, Service } from './service.ts';

/**
 * Finds who is calling, where somebody who has yet to set a second factor up may call too: with an `mfa_token` whose only
 * method is `enrolment` as the bearer. It is good for nothing else, and until a factor is active.
 *
 * @throws Refusal as {@link identifyCaller}
 */
export async function identifyEnroller(service: Service, token: string, client: Client): Promise<Caller> {
  try {
    return await identifyCaller(service, token, client);
  } catch (error) {
    if (!(error instanceof Refusal) || error.token !== 'InvalidToken') throw error;
    const enroller = await findEnroller(service, token, client);
    if (enroller === undefined) throw error;
    return enroller;
  }
}

async function findEnroller(service: Service, token: string, client: Client): Promise<Caller | undefined> {
  const challenge = await readMfaToken(service, token).catch((error: unknown) => {
    if (error instanceof Refusal && error.token !== 'Unavailable') return undefined;
    throw error;
  });
  if (challenge?.enrolment !== true) return undefined;
  const user = await service.database.findUser(challenge.userId);
  if (user?.status !== 1) return undefined;
  const workspace = await findFirstWorkspace(service.database, user);
  if (workspace === undefined) return undefined;
  return {
    ...client,
    user: { id: user.id, username: user.username, name: user.name },
    organisation: { id: workspace.id, name: workspace.name },
    roles: workspace.roles,
    enrolmentTokenId: challenge.id,
  };
}
