import { type Static, Type } from 'typebox';

export const SignUpSchema = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 512, description: 'The e-mail address to sign in with' }),
    password: Type.String({
      minLength: 1,
      maxLength: 4096,
      description: 'The password itself, or its SHA-1 as 40 hexadecimal digits',
    }),
    name: Type.String({ minLength: 1, maxLength: 2048 }),
    organisation: Type.String({ minLength: 1, maxLength: 2048, description: "The new organisation's name" }),
  },
  { title: 'Sign-up' },
);

export type SignUp = Static<typeof SignUpSchema>;
