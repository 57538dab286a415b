/** Which browser and system a session is used with, as far as it says so. */
export interface UserAgent {
  readonly browser: string;
  readonly operatingSystem: string;
}

/** The more particular before those whose names they carry as well. */
const browsers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/\b(?:OPR|Opera)\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*\bSafari\//, 'Safari'],
];

const operatingSystems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

const unknown = 'Unknown';
const maxProductLength = 40;

/** Reads a User-Agent header for people: `Firefox 140` on `Linux`, or the program that it names first, such as `curl/8.5`. */
export function readUserAgent(header: string | null): UserAgent {
  const text = header ?? '';
  return { browser: findBrowser(text), operatingSystem: findName(operatingSystems, text) };
}

function findBrowser(text: string): string {
  for (const [pattern, name] of browsers) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return /^[\w.+-]+(?:\/[\w.+-]+)?/.exec(text)?.[0].slice(0, maxProductLength) ?? unknown;
}

function findName(names: typeof operatingSystems, text: string): string {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? unknown;
}
