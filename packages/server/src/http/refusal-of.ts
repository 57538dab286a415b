import { Refusal } from '../domain/errors.ts';

/** What Fastify says of a request that it could not read, by its error code. */
const frameworkRefusals: Readonly<Record<string, () => Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Refusal('PayloadTooLarge'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Refusal('UnsupportedMediaType'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Refusal('BadRequest', { message: 'The body is not as long as Content-Length says' }),
  FST_ERR_BAD_URL: () => new Refusal('BadRequest', { message: 'The path is not valid percent-encoding' }),
  FST_ERR_MAX_PARAM_LENGTH: () => new Refusal('NotFound'),
};

/** Whether an error says only that the client went away while it was sending. */
export function isDisconnect(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** The refusal that an error is answered with: itself, what the framework meant, or InternalError for a bug. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const known = frameworkRefusals[codeOf(error) ?? ''];
  if (known !== undefined) return known();
  if (isDisconnect(error) || isClientFault(error)) return new Refusal('BadRequest');
  return new Refusal('InternalError');
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Fastify marks what it takes for the client's fault with a status; nobody else's `statusCode` is believed. */
function isClientFault(error: unknown): boolean {
  if (!codeOf(error)?.startsWith('FST_') || !(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}
