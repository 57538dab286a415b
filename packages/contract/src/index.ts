export { type ErrorToken, errorCodes, type ProblemToken } from './error-codes.ts';
