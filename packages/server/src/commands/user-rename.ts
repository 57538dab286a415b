import { setUsername } from '../domain/username-change.ts';
import { defineCommand } from './command.ts';
import { findUser } from './find-subject.ts';
import { print } from './print.ts';
import { withService } from './with-service.ts';

/** `keywright user rename`. */
export const userRename = defineCommand({
  name: 'user rename',
  summary: 'Give a user another username, without a mail to confirm it',
  details: [
    'For who mistyped a new username and can no longer sign in: the one given here counts at once, and every session ends. The address before is told.',
  ],
  arguments: { EMAIL: "The user's username, also one that is yet to be confirmed", NEW: 'The new username' },
  options: {},
  async run(invocation) {
    const { args } = invocation;
    const { id, username } = await withService(invocation, async ({ service, actor }) => {
      const found = await findUser(service, args.EMAIL);
      await setUsername(service, actor, found.id, args.NEW);
      return found;
    });
    const after = args.NEW.trim();
    print(invocation, { id, username: after }, () => `${username} is ${after} from now on.\n`);
    return 0;
  },
});
