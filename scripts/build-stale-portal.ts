/**
 * Builds the portal where its sources are newer than what was built; `npm start` runs it before the service. A build that
 * fails stops nobody: the service then starts with the portal of before, or without one.
 *
 *     node scripts/build-stale-portal.ts
 */
import { buildStalePortal } from '../packages/portal/build/build-portal.ts';

try {
  await buildStalePortal();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('The portal could not be built; npm run portal:build tries again');
}
