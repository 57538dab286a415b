import { backup } from './backup.ts';
import type { Command } from './command.ts';
import { config } from './config.ts';
import { eventExplain, eventExport, eventVerify } from './event.ts';
import { importUsersCommand } from './import.ts';
import { keyExport, keyList, keyRotate } from './key.ts';
import { mailList, mailRetry } from './mail.ts';
import { migrate } from './migrate.ts';
import { operatorAdd, operatorList, operatorRemove } from './operator.ts';
import { organisationAdd, organisationList } from './organisation.ts';
import { revokeAll } from './revoke-all.ts';
import { serve } from './serve.ts';
import { tokenList, tokenRevoke, tokenRotate } from './token.ts';
import { tokenCheck } from './token-check.ts';
import { tokenCreate } from './token-create.ts';
import { userActivate, userList, userResetMfa, userSetPassword, userSuspend, userUnlock } from './user.ts';
import { userAdd } from './user-add.ts';
import { userRename } from './user-rename.ts';
import { version } from './version.ts';

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  serve,
  migrate,
  backup,
  config,
  userAdd,
  userList,
  userSuspend,
  userActivate,
  userUnlock,
  userSetPassword,
  userRename,
  userResetMfa,
  importUsersCommand,
  organisationAdd,
  organisationList,
  operatorAdd,
  operatorRemove,
  operatorList,
  tokenCreate,
  tokenList,
  tokenRevoke,
  tokenRotate,
  tokenCheck,
  keyList,
  keyRotate,
  keyExport,
  revokeAll,
  mailList,
  mailRetry,
  eventExplain,
  eventVerify,
  eventExport,
  version,
];
