export { type ControlServer, startControlServer } from './control-server.ts';
export type { Failure, FailureOptions } from './planned-failures.ts';
export {
  type Keywright,
  type KeywrightOptions,
  type NewApplicationToken,
  type NewUser,
  type RoleName,
  startKeywright,
  type TestApplicationToken,
  type TestUser,
} from './start-keywright.ts';
