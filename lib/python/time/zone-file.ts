import { readFileSync } from 'node:fs';

/** What a zone calls its time at some moment. */
export interface ZonePeriod {
  /** Abbreviation: 'CET', 'EDT', '+0530'. */
  readonly name: string;
  /** Seconds east of UTC. */
  readonly utcOffsetSeconds: number;
  readonly isDst: boolean;
}

const HEADER_BYTES = 44;

/**
 * A zone of the tz database, read from its compiled form (TZif, RFC 9636).
 *
 * The bytes are kept and searched as they are: a zone has some 200 transitions, and one look-up a second is
 * the most anyone asks for.
 */
export class ZoneFile {
  readonly #bytes: Buffer;
  /** 4 in the first block of a file, 8 in the second, which versions 2 and later have. */
  readonly #timeBytes: number;
  readonly #timeCount: number;
  readonly #times: number;
  readonly #typeOfTime: number;
  readonly #types: number;
  readonly #names: number;
  /** The rule after the last transition: standard time and, where the zone has it, summer time. */
  readonly #rule: readonly ZonePeriod[];

  /** @throws RangeError if the bytes are not a TZif file, or are cut short. */
  constructor(bytes: Buffer) {
    if (bytes.toString('latin1', 0, 4) !== 'TZif') throw new RangeError('not a TZif file');
    const wide = bytes.readUInt8(4) >= 0x32;
    const start = wide ? blockEnd(bytes, 0, 4) : 0;
    this.#bytes = bytes;
    this.#timeBytes = wide ? 8 : 4;
    this.#timeCount = bytes.readUInt32BE(start + 32);
    this.#times = start + HEADER_BYTES;
    this.#typeOfTime = this.#times + this.#timeCount * this.#timeBytes;
    this.#types = this.#typeOfTime + this.#timeCount;
    this.#names = this.#types + bytes.readUInt32BE(start + 36) * 6;
    this.#rule = wide ? parseRule(bytes.toString('latin1', blockEnd(bytes, start, 8)).trim()) : [];
  }

  /**
   * The period that applies at `epochSeconds`, or undefined if this file disagrees with the offset the caller
   * knows: then it is not the edition that the clock uses, and its names cannot be trusted.
   */
  periodAt(epochSeconds: number, utcOffsetSeconds: number): ZonePeriod | undefined {
    const index = this.#lastTransitionBefore(epochSeconds);
    const afterLast = index === this.#timeCount - 1 && this.#rule.length > 0;
    // The offset distinguishes standard from summer time, so the rule's dates need not be computed.
    const candidates = afterLast ? this.#rule : [this.#type(index < 0 ? 0 : this.#typeIndex(index))];
    return candidates.find((period) => period.utcOffsetSeconds === utcOffsetSeconds);
  }

  #lastTransitionBefore(epochSeconds: number): number {
    let low = 0;
    let high = this.#timeCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#time(middle) <= epochSeconds) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #time(index: number): number {
    const at = this.#times + index * this.#timeBytes;
    return this.#timeBytes === 8 ? Number(this.#bytes.readBigInt64BE(at)) : this.#bytes.readInt32BE(at);
  }

  #typeIndex(transition: number): number {
    return this.#bytes.readUInt8(this.#typeOfTime + transition);
  }

  #type(index: number): ZonePeriod {
    const at = this.#types + index * 6;
    const name = this.#names + this.#bytes.readUInt8(at + 5);
    return {
      name: this.#bytes.toString('latin1', name, this.#bytes.indexOf(0, name)),
      utcOffsetSeconds: this.#bytes.readInt32BE(at),
      isDst: this.#bytes.readUInt8(at + 4) !== 0,
    };
  }
}

/** @returns The zone in `path`; undefined if there is none, or it cannot be read. */
export function readZoneFile(path: string): ZoneFile | undefined {
  try {
    return new ZoneFile(readFileSync(path));
  } catch {
    return undefined;
  }
}

function blockEnd(bytes: Buffer, start: number, timeBytes: number): number {
  const count = (field: number) => bytes.readUInt32BE(start + 20 + field * 4);
  const [utc, std, leap, time, type, char] = [count(0), count(1), count(2), count(3), count(4), count(5)];
  return start + HEADER_BYTES + time * (timeBytes + 1) + type * 6 + char + leap * (timeBytes + 4) + std + utc;
}

/** Names and offsets of a POSIX rule: 'CET-1CEST,M3.5.0,M10.5.0/3', '<+0530>-5:30'. */
function parseRule(rule: string): ZonePeriod[] {
  const name = '(?:<([^>]+)>|([A-Za-z]+))';
  const offset = '([+-]?\\d+(?::\\d+){0,2})';
  const match = new RegExp(`^${name}${offset}(?:${name}${offset}?)?`).exec(rule);
  if (match === null) return [];
  const [, quoted, plain, west, dstQuoted, dstPlain, dstWest] = match;
  const standard = { name: quoted ?? plain ?? '', utcOffsetSeconds: secondsEast(west ?? '0'), isDst: false };
  const dstName = dstQuoted ?? dstPlain;
  if (dstName === undefined) return [standard];
  const dstOffset = dstWest === undefined ? standard.utcOffsetSeconds + 3600 : secondsEast(dstWest);
  return [standard, { name: dstName, utcOffsetSeconds: dstOffset, isDst: true }];
}

/** POSIX counts west of Greenwich; everybody else east. */
function secondsEast(west: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = west.replace(/^[+-]/, '').split(':').map(Number);
  const size = hours * 3600 + minutes * 60 + seconds;
  return west.startsWith('-') ? size : 0 - size;
}
