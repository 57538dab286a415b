import type { Translation } from '../i18n/texts.ts';
import type { startEnglish } from './texts-english.ts';

/** What the start page says, in German. */
export const german: Translation<typeof startEnglish> = {
  title: 'Start',
  description: 'Was einen Blick braucht, und der eine Schritt, der es behebt.',
  well: 'Alles in Ordnung',
  wellHint:
    'Kein Token, keine Anmeldung und kein Konto braucht einen Blick. Schauen Sie wieder vorbei, oder lassen Sie sich per Mail erinnern.',
  showAll: (total) => `Alle ${total} zeigen`,
  expiring: {
    title: 'Laufen binnen 14 Tagen ab',
    hint: 'Die Programme, die sie benutzen, arbeiten dann nicht mehr.',
    act: 'Um 90 Tage verlängern',
    done: (name) => `${name} gilt 90 Tage länger`,
  },
  unused: {
    title: 'Seit 60 Tagen nicht benutzt',
    hint: 'Was niemand braucht, soll auch niemand stehlen können.',
    act: 'Widerrufen',
  },
  endless: {
    title: 'Ohne Ablauf',
    hint: 'Gerät eines in fremde Hände, gilt es, bis es jemand bemerkt.',
    act: 'In 90 Tagen enden lassen',
    done: (name) => `${name} endet in 90 Tagen`,
  },
  oneNetwork: {
    title: 'Nur aus einem Netz benutzt, und nicht darauf beschränkt',
    hint: 'Beschränkt sind sie anderswo nichts wert.',
    act: (network) => `Auf ${network} beschränken`,
    done: (name, network) => `${name} gilt nur noch aus ${network}`,
  },
  tooOften: {
    title: 'Öfter als 20-mal getauscht, während ein Auth-Token gilt',
    hint: 'Das Programm soll sein Auth-Token behalten, bis es abläuft. Das tut:',
    count: (count) => `${count} Mal getauscht`,
    copy: 'Kopieren',
  },
  failures: {
    title: (count) =>
      count === 1
        ? '1 gescheiterte Anmeldung in den letzten 7 Tagen'
        : `${count} gescheiterte Anmeldungen in den letzten 7 Tagen`,
    hint: 'Vertippt oder geraten.',
    act: 'Ansehen',
  },
  noFactor: {
    title: 'Sie haben keinen zweiten Faktor',
    hint: 'Wer Ihr Passwort erfährt, kann sich als Sie anmelden.',
    act: 'Einrichten',
  },
  othersWithout: {
    title: (count) =>
      count === 1 ? '1 Benutzer hat keinen zweiten Faktor' : `${count} Benutzer haben keinen zweiten Faktor`,
    hint: 'Sie können ihn von allen verlangen.',
    act: 'Zur Anmeldung',
  },
  lastUsed: 'zuletzt benutzt',
  neverUsed: 'nie benutzt',
  ends: 'endet',
};
