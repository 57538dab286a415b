import { ClientError } from './client-error.ts';
import { parseJson } from './parse-json.ts';
import { parseUrl } from './parse-url.ts';
import { unreachable } from './send.ts';

/**
 * Reads an answer that has a JSON value in each line, as it comes.
 *
 * @param signal ended the call, where it was cut off for that
 * @throws ClientError Unreachable where it is cut off, UnexpectedAnswer where a line is no JSON; the signal's reason
 */
export async function* readLines(
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, undefined> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      const parts = `${rest}${value ?? ''}`.split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) yield parseLine(part);
      if (done) break;
    }
  } catch (error) {
    if (error instanceof ClientError) throw error;
    signal?.throwIfAborted();
    throw unreachable(parseUrl(response.url)?.origin ?? 'The service', error);
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
  if (rest.trim() !== '') yield parseLine(rest);
}

function parseLine(line: string): unknown {
  const parsed = parseJson(line);
  if (parsed === undefined) throw new ClientError('UnexpectedAnswer', 'A line of the answer is no JSON');
  return parsed.value;
}
