import type { NewTrustedDevice } from '@keywright/contract';
import { browserOf, systemOf } from './user-agent.ts';

const storageKey = 'keywright-device';
const randomBytes = 32;
const form = /^kwd_[A-Za-z0-9_-]{43}$/;

let ofThisPage: string | undefined;

/** What this browser is known by once it is trusted: random, so that nobody can work it out. */
export function deviceFingerprint(): string {
  const kept = readKept();
  if (kept !== undefined && form.test(kept)) return kept;
  ofThisPage ??= createFingerprint();
  keep(ofThisPage);
  return ofThisPage;
}

function createFingerprint(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(randomBytes));
  return `kwd_${btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}`;
}

function readKept(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined;
  } catch {
    // Storage may be forbidden; the device is then not known again.
    return undefined;
  }
}

function keep(fingerprint: string): void {
  try {
    localStorage.setItem(storageKey, fingerprint);
  } catch {
    return;
  }
}

/** This device, as its owner will find it among the trusted ones. */
export function describeDevice(): NewTrustedDevice {
  const { userAgent } = navigator;
  return { fingerprint: deviceFingerprint(), operating_system: systemOf(userAgent), browser: browserOf(userAgent) };
}
