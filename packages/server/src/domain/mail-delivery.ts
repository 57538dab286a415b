import { eventTypes } from '@keywright/contract';
import { DeliveryError, type Mailer, type MailTemplate, type StoredMail, sealedMailPurpose } from './mail-port.ts';
import type { NewEvent } from './records.ts';
import type { Service } from './service.ts';
import { changeState } from './state-change.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Mails that one process hands over at a time: one that takes long leaves the others their way. */
const maxAtOnce = 5;
/** How long a deliverer has a mail for itself; the mailer gives up earlier. */
const leaseMs = 2 * minuteMs;

/** For how long a mail is worth delivering: as long as its link or code works, or its news are news. */
const lifeMs: Readonly<Record<MailTemplate, number>> = {
  activation: 72 * hourMs,
  signup: 72 * hourMs,
  signup_existing: 72 * hourMs,
  invitation: 72 * hourMs,
  username_change: 72 * hourMs,
  password_reset: hourMs,
  email_code: 10 * minuteMs,
  username_changed: 120 * hourMs,
  token_expiry: 24 * hourMs,
  new_network: 120 * hourMs,
  account_locked: 24 * hourMs,
  application_token_created: 120 * hourMs,
  application_token_rotated: 120 * hourMs,
  factor_changed: 120 * hourMs,
  password_changed: 120 * hourMs,
};

/** Hands over the mails that are due; one for each process. */
export interface MailDelivery {
  /**
   * Takes mails that are due and begins to hand them over, a few at a time; when one is through, the next one that is due
   * follows. Answers how many it took.
   */
  begin(): Promise<number>;
  /** Resolves once nothing is being handed over. */
  settle(): Promise<void>;
  /** From now on nothing more is taken. */
  stop(): void;
}

/**
 * Makes the delivery of a process.
 *
 * A mail is removed once it was handed over, and tried again where that failed, less and less often. A process that dies
 * in between leaves it to others once its lease has run out: a mail arrives at least once, and a duplicate has the
 * Message-ID of the first.
 */
export function createMailDelivery(service: Service, mailer: Mailer): MailDelivery {
  const active = new Set<Promise<void>>();
  let isStopped = false;
  let mayBeMore = false;

  async function begin(): Promise<number> {
    const room = maxAtOnce - active.size;
    if (isStopped || room <= 0) return 0;
    const now = service.clock.now();
    const mails = await service.database.claimMails(now, now + leaseMs, room);
    mayBeMore = mails.length === room;
    for (const mail of mails) track(handOver(mail));
    return mails.length;
  }

  async function handOver(mail: StoredMail): Promise<void> {
    try {
      await deliver(service, mailer, mail);
    } catch (error) {
      // The store may be away: the mail is due again when the lease has run out.
      service.log.warn({ err: error, mail_id: mail.id }, 'A mail could not be seen to its end');
    }
  }

  function track(work: Promise<void>): void {
    const tracked = work.then(async () => {
      active.delete(tracked);
      if (!mayBeMore) return;
      await begin().catch((error: unknown) => service.log.warn({ err: error }, 'Mails could not be read'));
    });
    active.add(tracked);
  }

  return {
    begin,
    async settle() {
      while (active.size > 0) await Promise.all(active);
    },
    stop() {
      isStopped = true;
    },
  };
}

async function deliver(service: Service, mailer: Mailer, mail: StoredMail): Promise<void> {
  if (service.clock.now() >= mail.createdAt + lifeMs[mail.template]) {
    await giveUp(service, mail, 'what it says has lost its meaning');
    return;
  }
  try {
    // What is sealed was written by enqueueMail, of the type that goes with the template.
    const data = JSON.parse(service.box.open(mail.sealedData, sealedMailPurpose));
    await mailer.deliver({ ...mail, data });
  } catch (error) {
    await postpone(service, mail, error);
    return;
  }
  await service.database.deleteMail(mail.id);
  service.log.debug({ mail_id: mail.id, template: mail.template }, 'A mail was delivered');
}

async function postpone(service: Service, mail: StoredMail, error: unknown): Promise<void> {
  const lastError = error instanceof DeliveryError ? error.message : 'an error within Keywright';
  const isPermanent = error instanceof DeliveryError && error.isPermanent;
  const nextAttemptAt = service.clock.now() + backOffMs(mail.attempts, isPermanent);
  const fields = { mail_id: mail.id, template: mail.template, attempts: mail.attempts, reason: lastError };
  // The stack says where an unexpected error comes from; a mail server's is not worth it.
  service.log.warn(
    error instanceof DeliveryError ? fields : { ...fields, err: error },
    'A mail could not be delivered and is tried again',
  );
  if (nextAttemptAt >= mail.createdAt + lifeMs[mail.template]) await giveUp(service, mail, lastError);
  else await service.database.postponeMail(mail, { nextAttemptAt, lastError });
}

/** Five seconds, then twice as long each time up to four hours; what was refused for good waits an hour at first. */
function backOffMs(attempts: number, isPermanent: boolean): number {
  const first = isPermanent ? hourMs : 5_000;
  return Math.min(first * 2 ** Math.min(attempts - 1, 20), 4 * hourMs);
}

async function giveUp(service: Service, mail: StoredMail, reason: string): Promise<void> {
  await changeState(service, async (stores) => {
    await stores.deleteMail(mail.id);
    const user = mail.userId === null ? undefined : await stores.findUser(mail.userId);
    const event: NewEvent = {
      occurredAt: service.clock.now(),
      organisationId: user?.organisationId ?? null,
      userId: mail.userId,
      type: eventTypes.MailGivenUp.id,
      source: 0,
      severity: 1,
      alert: false,
      description: `A mail to ${mail.recipient} was given up: ${reason}`,
      requestId: null,
      detail: { template: mail.template, attempts: mail.attempts, reason },
    };
    return { result: undefined, events: [event] };
  });
}
