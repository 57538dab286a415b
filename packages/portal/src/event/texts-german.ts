import type { Translation } from '../i18n/texts.ts';
import type { eventEnglish } from './texts-english.ts';

/** What the page of the events says, in German. */
export const german: Translation<typeof eventEnglish> = {
  title: 'Ereignisse',
  description: 'Jede Änderung und jeder abgewiesene Versuch: wer, von wo, womit.',
  ownDescription: 'Jede Ihrer Änderungen und jeder abgewiesene Versuch an Ihrem Konto.',
  search: 'Beschreibungen durchsuchen',
  severity: 'Schwere',
  anySeverity: 'Jede Schwere',
  severities: ['Info', 'Warnung', 'Kritisch'],
  requestId: 'Anfrage-Kennung',
  searchUser: 'Benutzer suchen',
  anyType: 'Jede Art',
  anySource: 'Jeder Weg',
  from: 'Von (UTC)',
  until: 'Bis (UTC)',
  sides: { from: 'Von', until: 'Bis' },
  download: 'Herunterladen',
  columns: { time: 'Zeit', description: 'Was geschah', severity: 'Schwere', user: 'Wer', source: 'Über' },
  details: 'Einzelheiten',
  detailsOf: (description) => `Einzelheiten zu: ${description}`,
  type: 'Art',
  number: 'Nummer',
  organisation: 'Organisation',
  noUser: 'Niemand angemeldet',
  emptyTitle: 'Noch keine Ereignisse',
  emptyHint: 'Was ab jetzt geschieht, steht hier.',
  sources: ['Netz', 'Richtlinie', 'API', 'Portal', 'Befehlszeile'],
};
