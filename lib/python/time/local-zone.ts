import { readZoneFile, type ZoneFile, type ZonePeriod } from './zone-file.js';

/** Where the compiled tz database is. */
export const ZONE_FOLDER = '/usr/share/zoneinfo';

/**
 * What `Date` does not provide about the process's zone: the abbreviation of its name, and whether summer time is on.
 *
 * Source is the system's tz database, the C library's own: 'CET' for Berlin, '+0530' where a zone has no
 * letters. Where it is missing (Windows, images without tzdata) or disagrees with `Date` about the offset,
 * it is `Intl`, which knows fewer abbreviations; and summer time is then what is ahead of the year's least
 * offset. Nothing is read before something asks; the file stays in memory until TZ changes.
 */
export class LocalZone {
  readonly #folder: string;
  #key: string | undefined;
  #file: ZoneFile | undefined;

  /** @param folder Where the compiled tz database is. */
  constructor(folder = ZONE_FOLDER) {
    this.#folder = folder;
  }

  /** @param utcOffsetSeconds The offset at that time, as {@link utcOffsetAt} gives it. */
  periodAt(epochSeconds: number, utcOffsetSeconds: number): ZonePeriod {
    return (
      this.#currentFile()?.periodAt(epochSeconds, utcOffsetSeconds) ?? {
        name: intlName(epochSeconds, utcOffsetSeconds),
        utcOffsetSeconds,
        isDst: utcOffsetSeconds > leastOffsetOfYear(epochSeconds),
      }
    );
  }

  #currentFile(): ZoneFile | undefined {
    const key = process.env.TZ ?? '';
    if (key !== this.#key) {
      this.#key = key;
      this.#file = findZoneFile(this.#folder, key);
    }
    return this.#file;
  }
}

/** Seconds the process's local time is east of UTC at `epochSeconds`; to the second, for times before zones. */
export function utcOffsetAt(epochSeconds: number): number {
  const instant = new Date(epochSeconds * 1000);
  const wall = new Date(0);
  // Set field by field: Date.UTC takes the years 0 to 99 for 1900 to 1999.
  wall.setUTCFullYear(instant.getFullYear(), instant.getMonth(), instant.getDate());
  wall.setUTCHours(instant.getHours(), instant.getMinutes(), instant.getSeconds());
  return wall.getTime() / 1000 - Math.floor(epochSeconds);
}

function findZoneFile(folder: string, tz: string): ZoneFile | undefined {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string };
  // ICU prefers old names ('Asia/Calcutta'), which a system may lack: the name as given comes first.
  for (const name of [tz.replace(/^:/, ''), timeZone ?? '']) {
    if (!/^[A-Za-z0-9_+/-]+$/.test(name) || name.startsWith('/')) continue;
    const file = readZoneFile(`${folder}/${name}`);
    if (file !== undefined) return file;
  }
  return tz === '' && folder === ZONE_FOLDER ? readZoneFile('/etc/localtime') : undefined;
}

/** 'EST' in the first language that has a name for it, else the offset as the tz database writes it: '+0530'. */
function intlName(epochSeconds: number, utcOffsetSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  for (const locale of ['en-US', 'en-GB', 'en-AU']) {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(date);
    const name = parts.find((part) => part.type === 'timeZoneName')?.value;
    if (name !== undefined && /^[A-Z]+$/.test(name)) return name;
  }
  const minutes = Math.trunc(Math.abs(utcOffsetSeconds) / 60);
  const digits = String(Math.trunc(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return (utcOffsetSeconds < 0 ? '-' : '+') + digits.replace(/00$/, '');
}

function leastOffsetOfYear(epochSeconds: number): number {
  const year = new Date(epochSeconds * 1000).getFullYear();
  return Math.min(...[0, 6].map((month) => utcOffsetAt(new Date(year, month, 1).getTime() / 1000)));
}
