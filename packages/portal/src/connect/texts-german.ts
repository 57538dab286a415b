import type { Translation } from '../i18n/texts.ts';
import type { connectEnglish } from './texts-english.ts';

/** What the page about connecting an API says, in German. */
export const german: Translation<typeof connectEnglish> = {
  title: 'API anbinden',
  description:
    'Programme senden mit jedem Aufruf ein Auth-Token. Eine API prüft es selbst, ohne Keywright zu fragen; nur die Schlüssel muss sie kennen.',
  endpoints: 'Endpunkte',
  names: {
    issuer: 'Aussteller (iss)',
    audience: 'Empfänger (aud)',
    algorithm: 'Algorithmus',
    exchange: 'Token tauschen',
    oauth: 'Token-Endpunkt von OAuth 2',
    introspection: 'Introspection',
    revocations: 'Strom der Widerrufe',
    keys: 'Öffentliche Schlüssel (JWKS)',
    metadata: 'Metadaten von OAuth 2',
    forwardAuth: 'Für Reverse-Proxys',
  },
  copyOf: (name) => `${name} kopieren`,
  keys: 'Schlüssel',
  publicKeys: (algorithm) =>
    `Auth-Token werden mit ${algorithm} signiert. Wer sie prüft, braucht nur die öffentlichen Schlüssel; Bibliotheken holen sie und folgen ihnen.`,
  sharedSecret:
    'Auth-Token werden mit HS256 signiert: Wer sie prüfen kann, kann sie auch herstellen. Geben Sie das Geheimnis nur eigenen APIs, oder wechseln Sie mit KEYWRIGHT_SIGNING_ALGORITHM=EdDSA (oder ES256) zu öffentlichen Schlüsseln; dafür genügt ein Neustart.',
  exportSecret: 'Wer den Server betreibt, gibt die Geheimnisse dort aus:',
  snippets: 'Beispiele',
  languages: { curl: 'curl', node: 'Node.js', python: 'Python', go: 'Go', java: 'Java', nginx: 'nginx' },
  copySnippet: 'Kopieren',
  revocationHint:
    'Widerrufene Token weisen Prüfer, die dem Strom der Widerrufe folgen, binnen einer Sekunde ab; ohne ihn gelten sie zu Ende.',
};
