import type { Page } from '@playwright/test';
import type { PortalScene } from './portal-scene.ts';
import { signIn } from './sign-in-steps.ts';

/** What an administrator has before them. */
export interface AdministratorView {
  readonly page: Page;
  readonly bearer: string;
  readonly organisationId: number;
  /** The address of somebody of this organisation: no other test has one like it. */
  readonly nameOf: (name: string) => string;
}

let count = 0;

/** Opens a page before the administrator of an organisation of its own. */
export async function openAsAdministrator(scene: PortalScene, path: string): Promise<AdministratorView> {
  count += 1;
  const number = count;
  const nameOf = (name: string) => `${name}${number}@example.com`;
  const organisation = await scene.server.addOrganisation(`Acme ${number}`);
  await scene.server.addUser({ username: nameOf('admin'), organisationId: organisation.id });
  const { auth_token: bearer } = await scene.server.signIn(nameOf('admin'));
  const page = await scene.openPage(path);
  await signIn(page, nameOf('admin'));
  return { page, bearer, organisationId: organisation.id, nameOf };
}
