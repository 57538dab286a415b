/** What is said where a second factor is used or set up, in English. */
export const secondFactorEnglish = {
  ways: {
    totp: 'Authenticator app',
    email_code: 'Code by e-mail',
    passkey: 'Passkey',
    recovery_code: 'Recovery code',
  },
  hints: {
    totp: 'Six digits from an app on your phone',
    email_code: 'Six digits that we send you each time',
    passkey: 'Fingerprint, face, PIN or a security key',
  },
  verify: 'Verify',
  wrongCode: 'Wrong code. Each code works once, and only for a short time.',
  totpScan: 'Scan this with your authenticator app, or type the key into it.',
  totpKey: 'Key',
  totpFirst: 'The code that the app shows',
  qrCode: 'QR code for your authenticator app',
  emailFirst: 'The code from the mail',
  emailSent: 'We have sent you a code. It is good for ten minutes.',
  passkeyText: 'Confirm with your fingerprint, face, PIN or security key.',
  passkeyCreate: 'Create passkey',
  passkeyUse: 'Use passkey',
  passkeyFailed: 'The passkey was not used: it was cancelled, took too long, or is not on this device.',
  passkeyNotMade: 'No passkey was made: it was cancelled, took too long, or this device has one already.',
  passkeyUnsupported: 'This browser has no passkeys here. Choose another way.',
  passkeyRefused: 'The passkey was not accepted.',
} as const;
