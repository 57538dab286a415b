import { isIP } from 'node:net';
import path from 'node:path';
import { type Network, parseNetwork } from '@keywright/verifier';

/** Reads one kind of value. */
export interface Parser<T> {
  /** What a value has to be, to follow the words `expected`. */
  readonly expected: string;
  /** Undefined where the text is no such value. */
  readonly parse: (text: string) => T | undefined;
}

/** How often each thing may happen in any 5 minutes, unless said otherwise; `Infinity` where it isn't limited. */
export interface RateLimits {
  /** Password and code attempts per address. */
  readonly attempts: number;
  /** Failures of any form per address. */
  readonly failures: number;
  /** Successful exchanges and refreshes per token. */
  readonly exchanges: number;
  /** Calls per address on the rest of the API. */
  readonly calls: number;
  /** Mails of one kind that anybody asks for, per username and in an hour. */
  readonly mails: number;
}

const defaultRateLimits: RateLimits = { attempts: 100, failures: 100, exchanges: 100, calls: 2000, mails: 3 };

function parseWholeNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

export function wholeNumber(least: number, most: number): Parser<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    parse: (text) => parseWholeNumber(text, least, most),
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Parser<T> {
  const last = values.at(-1);
  return {
    expected: values.length === 1 ? `${last}, or nothing at all` : `${values.slice(0, -1).join(', ')} or ${last}`,
    parse: (text) => values.find((value) => value === text),
  };
}

/** A file or folder; relative ones are taken from the current folder. */
export const filePath: Parser<string> = {
  expected: 'the path of a file or folder',
  parse: (text) => (text === '' || text.includes('\0') ? undefined : path.resolve(text)),
};

/** An address or a name to listen on, without brackets. */
export const hostName: Parser<string> = {
  expected: 'an IP address or a host name, without scheme and port, such as 127.0.0.1 or 0.0.0.0',
  parse: (text) => {
    const host = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
    const isName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(host);
    // What looks like an IPv4 address but is none (300.1.1.1) must not pass as a name.
    return isIP(host) !== 0 || (isName && !/^[\d.]+$/.test(host)) ? host : undefined;
  },
};

function parseWebUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

/** The http or https URL of a host, to which paths are appended; it comes back without a trailing slash. */
export const baseUrl: Parser<string> = {
  expected:
    'an http or https URL without path, query, fragment or user, such as https://auth.example.com: the service needs a host name, or a port, of its own',
  parse: (text) => {
    const url = parseWebUrl(text);
    if (url === undefined || /[?#]/.test(text) || url.username !== '' || url.password !== '') return undefined;
    // The prefix of the session cookie's name asks for the whole host (RFC 6265bis §4.1.3.2), and pages name their files from its root.
    return url.pathname === '/' ? url.origin : undefined;
  },
};

function parseList<T>(text: string, parseItem: (item: string) => T | undefined): T[] | undefined {
  const items: T[] = [];
  for (const part of text.split(',')) {
    const item = parseItem(part.trim());
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** Origins (RFC 6454 §6.2) as browsers send them. */
export const origins: Parser<readonly string[]> = {
  expected:
    "exact origins, separated by commas, each a scheme, a host and a port where it isn't the scheme's own, such as https://app.example.com",
  parse: (text) => parseList(text, (item) => (parseWebUrl(item)?.origin === item ? item : undefined)),
};

function tryNetwork(text: string): Network | undefined {
  try {
    return parseNetwork(text);
  } catch {
    return undefined;
  }
}

export const networks: Parser<readonly Network[]> = {
  expected:
    'addresses or networks in CIDR notation without host bits, separated by commas, such as 10.0.0.0/8,2001:db8::1',
  parse: (text) => parseList(text, tryNetwork),
};

/** Text that may stand in a header or a claim: no spaces, no control characters. */
export function word(leastLength: number): Parser<string> {
  return {
    expected: `${leastLength > 1 ? `at least ${leastLength} ` : ''}visible ASCII characters without spaces`,
    parse: (text) => (/^[\x21-\x7e]+$/.test(text) && text.length >= leastLength ? text : undefined),
  };
}

export const postgresUrl: Parser<string> = {
  expected: 'a PostgreSQL URL, such as postgres://user:password@host:5432/database',
  parse: (text) => (/^postgres(ql)?:\/\/[^\s]+$/.test(text) ? text : undefined),
};

const keyBytes = 32;

/** 32 bytes in Base64, the URL-safe alphabet included. */
export const masterKeyText: Parser<Uint8Array> = {
  expected: '32 bytes in Base64, such as the command openssl rand -base64 32 prints',
  parse: (text) => {
    if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
    const key = new Uint8Array(Buffer.from(text, 'base64'));
    // Placeholders such as AAAA… are the commonest weak key.
    return key.length === keyBytes && key.some((byte) => byte !== key[0]) ? key : undefined;
  },
};

function isLimitName(name: string): name is keyof RateLimits {
  return Object.hasOwn(defaultRateLimits, name);
}

function parseRateLimits(text: string): RateLimits | undefined {
  const limits = { ...defaultRateLimits };
  for (const part of text.split(',')) {
    const [name = '', value = '', ...rest] = part.trim().split('=');
    const limit = parseWholeNumber(value, 1, 1_000_000_000);
    if (!isLimitName(name) || limit === undefined || rest.length > 0) return undefined;
    Object.assign(limits, { [name]: limit });
  }
  return limits;
}

export const rateLimits: Parser<RateLimits> = {
  expected: 'on, off, or some of attempts=100,failures=100,exchanges=100,calls=2000,mails=3',
  parse: (text) => {
    if (text === 'on') return defaultRateLimits;
    if (text !== 'off') return parseRateLimits(text);
    const endless = Number.POSITIVE_INFINITY;
    return { attempts: endless, failures: endless, exchanges: endless, calls: endless, mails: endless };
  },
};
