import { timingSafeEqual } from 'node:crypto';
import { Refusal } from './errors.ts';
import { enqueueMail, mailTo } from './mail.ts';
import type { Random, Stores } from './ports.ts';
import type { User } from './records.ts';
import type { EmailCodePurpose } from './second-factor-port.ts';
import type { Service } from './service.ts';

const digits = 6;
/** How long a code is good, in milliseconds. */
const lifeMs = 10 * 60 * 1000;
/** How long nobody can have another one sent, in milliseconds. */
const resendMs = 60 * 1000;

/**
 * Mails a code to the user, in the place of any before it.
 *
 * @throws Refusal TooManyRequests within a minute of the one before
 */
export async function sendEmailCode(
  service: Service,
  stores: Stores,
  user: User,
  purpose: EmailCodePurpose,
): Promise<void> {
  const now = service.clock.now();
  const before = await stores.findEmailCode(user.id, purpose);
  const waitMs = before === undefined ? 0 : before.createdAt + resendMs - now;
  if (waitMs > 0) {
    throw new Refusal('TooManyRequests', {
      message: 'A code was mailed a moment ago',
      reason: 'an e-mail code was sent within the last minute',
      retryAfterSeconds: Math.ceil(waitMs / 1000),
    });
  }
  const code = createEmailCode(service.random);
  const sealedCode = service.box.seal(code, sealPurpose(user.id, purpose));
  await stores.upsertEmailCode({ userId: user.id, purpose, sealedCode, createdAt: now, expiresAt: now + lifeMs });
  await enqueueMail(service, stores, {
    ...mailTo(user),
    template: 'email_code',
    data: { code, name: user.name, minutes: String(lifeMs / 60_000) },
  });
}

/** Uses a code up; false where it is wrong, too old, or used already, also by somebody at the same moment. */
export async function spendEmailCode(
  service: Service,
  stores: Stores,
  userId: number,
  purpose: EmailCodePurpose,
  code: string,
): Promise<boolean> {
  const kept = await stores.findEmailCode(userId, purpose);
  if (kept === undefined || kept.expiresAt <= service.clock.now()) return false;
  const right = Buffer.from(service.box.open(kept.sealedCode, sealPurpose(userId, purpose)));
  const given = Buffer.from(code);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
  return stores.deleteEmailCode(kept);
}

/** Digits without a bias: a random number beyond the last whole multiple of their range is drawn anew. */
export function createEmailCode(random: Random): string {
  const range = 10 ** digits;
  const limit = Math.floor(2 ** 32 / range) * range;
  for (;;) {
    const drawn = Buffer.from(random.bytes(4)).readUInt32BE();
    if (drawn < limit) return String(drawn % range).padStart(digits, '0');
  }
}

/** Six digits are quickly guessed from a hash, so they rest encrypted. */
function sealPurpose(userId: number, purpose: EmailCodePurpose): string {
  return `e-mail code ${purpose} ${userId}`;
}
