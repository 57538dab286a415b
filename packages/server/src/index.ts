export type { Environment } from './config.ts';
export type { Clock, Random } from './domain/ports.ts';
export type { Interception, Interceptor } from './http/interception.ts';
export type { Operations } from './throw-away-operations.ts';
export { startThrowAwayServer, type ThrowAwayOptions, type ThrowAwayServer } from './throw-away-server.ts';
