import { type BrokenDownTime, gmTime, type TimeConverter } from './broken-down-time.js';
import { ZONE_FOLDER } from './local-zone.js';
import { readZoneFile, type ZonePeriod } from './zone-file.js';

/** Whether a text names a time zone: `Europe/Berlin`, `UTC`, `+05:30` where this Node takes offsets. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

/**
 * Shows moments in a zone of its own, whatever that of the process is.
 *
 * @param name A name of the tz database, see {@link isTimeZone}.
 */
export function namedZone(name: string): TimeConverter {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    calendar: 'gregory',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (epochSeconds: number): number => {
    const fields: Record<string, string> = {};
    for (const { type, value } of clock.formatToParts(epochSeconds * 1000)) fields[type] = value;
    const field = (type: string) => Number(fields[type]);
    const year = fields.era === 'BC' ? 1 - field('year') : field('year');
    const wall = new Date(0);
    // Set field by field: Date.UTC takes the years 0 to 99 for 1900 to 1999.
    wall.setUTCFullYear(year, field('month') - 1, field('day'));
    wall.setUTCHours(field('hour'), field('minute'), field('second'));
    return wall.getTime() / 1000 - epochSeconds;
  };
  // Read when a format asks for the abbreviation.
  let file: ReturnType<typeof readZoneFile> | null = null;
  const periodAt = (epochSeconds: number, utcOffsetSeconds: number): ZonePeriod => {
    if (file === null) file = readZoneFile(`${ZONE_FOLDER}/${name}`);
    const abbreviation = () => intlName(name, epochSeconds);
    return (
      file?.periodAt(epochSeconds, utcOffsetSeconds) ?? {
        name: abbreviation(),
        utcOffsetSeconds,
        isDst: false,
      }
    );
  };
  return (epochSeconds) => {
    const second = Math.floor(epochSeconds);
    return Number.isNaN(new Date(second * 1000).getTime())
      ? gmTime(second)
      : inZone(second, offsetAt(second), periodAt);
  };
}

function inZone(
  epochSeconds: number,
  utcOffsetSeconds: number,
  periodAt: (epochSeconds: number, utcOffsetSeconds: number) => ZonePeriod,
): BrokenDownTime {
  const { year, month, day, hour, minute, second, weekday, yearDay } = gmTime(
    epochSeconds + utcOffsetSeconds,
  );
  return {
    ...{ epochSeconds, utcOffsetSeconds, year, month, day, hour, minute, second, weekday, yearDay },
    get zoneName() {
      return periodAt(epochSeconds, utcOffsetSeconds).name;
    },
    get isDst() {
      return periodAt(epochSeconds, utcOffsetSeconds).isDst;
    },
  };
}

function intlName(timeZone: string, epochSeconds: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'short' }).formatToParts(
    epochSeconds * 1000,
  );
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
