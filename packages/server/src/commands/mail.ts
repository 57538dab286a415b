import { defineCommand } from './command.ts';
import { formatMoment, isoMoment, print } from './print.ts';
import { formatTable } from './text-table.ts';
import { withService } from './with-service.ts';

/** How many mails are listed; the number of all is said besides. */
const maxListed = 1_000;

/** `keywright mail list`. */
export const mailList = defineCommand({
  name: 'mail list',
  summary: 'List the mails that wait to be delivered, and why; never what they say',
  details: [
    'A mail that could not be delivered is tried again, less and less often, for as long as its link or code works, or its news are news; then it is given up, which is an event.',
  ],
  arguments: {},
  options: {},
  async run(invocation) {
    const { mails, waiting } = await withService(invocation, async ({ service }) => ({
      mails: await service.database.listMails(maxListed),
      waiting: await service.database.countMails(),
    }));
    const result = {
      waiting,
      mails: mails.map((mail) => ({
        id: mail.id,
        template: mail.template,
        language: mail.language,
        to: mail.recipient,
        created: isoMoment(mail.createdAt),
        attempts: mail.attempts,
        next_attempt: isoMoment(mail.nextAttemptAt),
        last_error: mail.lastError,
      })),
    };
    const table = () =>
      formatTable(
        ['ID', 'TEMPLATE', 'TO', 'CREATED', 'ATTEMPTS', 'NEXT ATTEMPT', 'LAST ERROR'],
        mails.map((mail) => [
          String(mail.id),
          mail.template,
          mail.recipient,
          formatMoment(mail.createdAt),
          String(mail.attempts),
          formatMoment(mail.nextAttemptAt),
          mail.lastError ?? '-',
        ]),
      );
    print(invocation, result, () => (waiting === 0 ? 'No mail waits.\n' : `${table()}${countLine(waiting)}`));
    return 0;
  },
});

function countLine(waiting: number): string {
  return waiting > maxListed ? `${waiting} mails wait; the first ${maxListed} are listed.\n` : '';
}

/** `keywright mail retry`. */
export const mailRetry = defineCommand({
  name: 'mail retry',
  summary: 'Have every mail that waits tried again at once, such as after the mail server came back',
  details: ['A running server delivers them within a second; without one they are due when it starts.'],
  arguments: {},
  options: {},
  async run(invocation) {
    const due = await withService(invocation, ({ service }) => service.database.retryMails(service.clock.now()));
    print(invocation, { due }, () => `${due} ${due === 1 ? 'mail is' : 'mails are'} due now.\n`);
    return 0;
  },
});
