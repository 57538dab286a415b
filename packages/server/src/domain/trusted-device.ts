import { createHash } from 'node:crypto';
import type { NewTrustedDevice, TrustedDeviceResource } from '@keywright/contract';
import { requireAccountNotAbove } from './administrator.ts';
import { invalidInput, notFound } from './errors.ts';
import { eventOf } from './event.ts';
import { requireInPerson } from './permission.ts';
import type { Stores } from './ports.ts';
import type { NewEvent, User } from './records.ts';
import type { TrustedDevice } from './second-factor-port.ts';
import { actorOf, type Caller, type Client, type Service } from './service.ts';
import { changeState } from './state-change.ts';
import { findManagedUser } from './user-access.ts';
import { textProblem } from './well-formed-text.ts';

/** How long a device skips the second step, in milliseconds: 90 days (contract §3). */
const trustMs = 90 * 24 * 60 * 60 * 1000;
const maxTextLength = 256;
const maxFingerprintLength = 512;

/** Our portal's fingerprints: `kwd_` and 256 random bits in Base64url. Others may be no secret. */
const portalFingerprint = /^kwd_[A-Za-z0-9_-]{43}$/;

const permissions = { own: 'second_factor.manage_own', others: 'second_factor.manage_any' } as const;

function isAccepted(service: Service, fingerprint: string): boolean {
  const { trustedDevices } = service.settings;
  return trustedDevices === 'any' || (trustedDevices === 'portal' && portalFingerprint.test(fingerprint));
}

/** What is kept of a fingerprint; one and the same is another with each user. */
function hashFingerprint(userId: number, fingerprint: string): Uint8Array {
  return createHash('sha256').update(`trusted device ${userId} ${fingerprint}`).digest();
}

/** Finds the trusted device that a fingerprint stands for; asked for names that don't exist as well, since it takes time. */
export async function findTrustedDevice(
  service: Service,
  stores: Stores,
  user: Pick<User, 'id'> | undefined,
  fingerprint: string | undefined,
): Promise<TrustedDevice | undefined> {
  if (fingerprint === undefined || fingerprint === '' || !isAccepted(service, fingerprint)) return undefined;
  const userId = user?.id ?? 0;
  return stores.findTrustedDevice(userId, hashFingerprint(userId, fingerprint), service.clock.now());
}

/**
 * Checks what a device says of itself.
 *
 * @throws Refusal InputValidationFailed with every problem listed
 */
export function checkTrustedDevice(device: NewTrustedDevice): NewTrustedDevice {
  const lengths = { fingerprint: maxFingerprintLength, operating_system: maxTextLength, browser: maxTextLength };
  const problems = Object.entries({ ...lengths, name: maxTextLength }).flatMap(([name, maxLength]) => {
    const value = device[name as keyof NewTrustedDevice];
    return value === undefined ? [] : (textProblem(value, { property: `trusted_device.${name}`, maxLength }) ?? []);
  });
  if (problems.length > 0) throw invalidInput(problems);
  return device;
}

/** Trusts a device from now on, within the transaction of the sign-in; without effect where its fingerprint does not count. */
export async function trustDevice(
  service: Service,
  stores: Stores,
  user: User,
  client: Client,
  device: NewTrustedDevice,
): Promise<NewEvent[]> {
  if (!isAccepted(service, device.fingerprint)) return [];
  const now = service.clock.now();
  const id = await stores.upsertTrustedDevice({
    userId: user.id,
    fingerprintHash: hashFingerprint(user.id, device.fingerprint),
    operatingSystem: device.operating_system,
    browser: device.browser,
    name: device.name ?? null,
    activatedAt: now,
    expiresAt: now + trustMs,
  });
  const event = eventOf(service, client, {
    type: 'TrustedDeviceAdded',
    organisationId: user.organisationId,
    userId: user.id,
    description: `${user.username} trusts a device`,
    detail: { trusted_device_id: id, operating_system: device.operating_system, browser: device.browser },
  });
  return [event];
}

/**
 * The devices that skip the second step of the caller, or of a user whose account the caller manages.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function listTrustedDevices(
  service: Service,
  caller: Caller,
  reference: string,
): Promise<TrustedDeviceResource[]> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  const devices = await service.database.listTrustedDevices(user.id, service.clock.now());
  return devices.map(deviceResource);
}

/**
 * Trusts a device no longer.
 *
 * @throws Refusal Forbidden, NotFound
 */
export async function deleteTrustedDevice(
  service: Service,
  caller: Caller,
  reference: string,
  deviceId: number,
): Promise<void> {
  requireInPerson(caller);
  const user = await findManagedUser(service, caller, reference, permissions);
  if (user.id !== caller.user.id) await requireAccountNotAbove(service, caller.roles, user.id);
  await changeState(service, async (stores) => {
    if (!(await stores.deleteTrustedDevice(user.id, deviceId))) {
      throw notFound('Trusted device', deviceId);
    }
    const event = eventOf(service, caller, {
      type: 'TrustedDeviceRemoved',
      organisationId: user.organisationId,
      userId: user.id,
      description: `A trusted device of ${user.username} was removed by ${actorOf(caller).name}`,
      detail: { trusted_device_id: deviceId },
    });
    return { result: undefined, events: [event] };
  });
}

function deviceResource(device: TrustedDevice): TrustedDeviceResource {
  return {
    id: device.id,
    operating_system: device.operatingSystem,
    browser: device.browser,
    ...(device.name === null ? {} : { name: device.name }),
    activation_date: new Date(device.activatedAt).toISOString(),
    expiry_date: new Date(device.expiresAt).toISOString(),
  };
}
