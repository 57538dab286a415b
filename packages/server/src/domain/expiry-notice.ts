import { enqueueMail, mailTo } from './mail.ts';
import { nameToken } from './notice.ts';
import type { ExpiringToken } from './notice-port.ts';
import type { Service } from './service.ts';
import { changeState } from './state-change.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How many days before its end the maker of an application token is told, the last first. */
const stages = [1, 3, 14] as const;
type Stage = (typeof stages)[number];
const pageSize = 100;

/** The stage that a token has reached: the last of those whose time has come; undefined where none has. */
function stageOf(expiresAt: number, now: number): Stage | undefined {
  return stages.find((days) => expiresAt - now <= days * dayMs);
}

/**
 * The stage that whoever sets an expiry date knows of, having just set it: there is nothing to be told of it.
 *
 * @param expiresAt null where the token does not expire
 */
export function knownStage(expiresAt: number | null, now: number): number | null {
  return expiresAt === null ? null : (stageOf(expiresAt, now) ?? null);
}

/**
 * Tells the makers of the application tokens that expire soon, 14, 3 and 1 days ahead: each stage once, over all instances
 * and restarts. Where several were missed, the last alone is told.
 *
 * @returns how many were told
 */
export async function announceExpiringTokens(service: Service): Promise<number> {
  const now = service.clock.now();
  let told = 0;
  let afterId = 0;
  for (;;) {
    const tokens = await service.database.listExpiringTokens(
      { from: now, until: now + stages[2] * dayMs },
      { afterId, limit: pageSize },
    );
    for (const token of tokens) {
      const stage = stageOf(token.expiresAt, now);
      if (stage !== undefined && (token.noticeDays ?? Number.POSITIVE_INFINITY) > stage) {
        told += (await announceExpiry(service, token, stage)) ? 1 : 0;
      }
    }
    afterId = tokens.at(-1)?.id ?? afterId;
    if (tokens.length < pageSize) return told;
  }
}

async function announceExpiry(service: Service, token: ExpiringToken, stage: Stage): Promise<boolean> {
  return changeState(service, async (stores) => {
    const isMine = await stores.claimExpiryNotice(token, stage);
    const user = isMine ? await stores.findUser(token.creatorId) : undefined;
    if (user === undefined) return { result: false, events: [] };
    const data = {
      name: user.name,
      token: nameToken(token),
      organisation: token.organisationName,
      days: `${stage}`,
      expires: new Date(token.expiresAt).toISOString(),
      link: `${service.settings.publicUrl()}/integrations#application-tokens`,
    } as const;
    await enqueueMail(service, stores, { ...mailTo(user), template: 'token_expiry', data });
    return { result: true, events: [] };
  });
}
