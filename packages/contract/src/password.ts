import { type Static, Type } from 'typebox';

const password = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 4096,
    description: `${description}: itself, or its SHA-1 as 40 hexadecimal digits`,
  });

export const PasswordChangeSchema = Type.Object(
  { old_password: password('The current password'), new_password: password('The new password') },
  { title: 'Password change' },
);

export type PasswordChange = Static<typeof PasswordChangeSchema>;
