import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileStrftime, strftime } from '../../lib/python/time/strftime.js';
import {
  askLibrary,
  askPython,
  CHANGES,
  pythonVersion,
  type TimeQuestion,
  ZONES,
} from '../support/time-in-zones.js';

/** Friday, 5 January 2024, 15:04:09 UTC. */
const MOMENT = 1704467049;

describe('strftime', () => {
  it.each([
    ['%a %A %b %B %h', 'Fri Friday Jan January Jan'],
    ['%c', 'Fri Jan  5 15:04:09 2024'],
    ['%C %y %Y %g %G', '20 24 2024 24 2024'],
    ['%d %e %m %j', '05  5 01 005'],
    ['%D %F %x', '01/05/24 2024-01-05 01/05/24'],
    ['%H %k %I %l %M %S', '15 15 03  3 04 09'],
    ['%p %P', 'PM pm'],
    ['%r %R %T %X', '03:04:09 PM 15:04 15:04:09 15:04:09'],
    ['%u %w %U %V %W', '5 5 00 01 01'],
    ['%z %Z', '+0000 GMT'],
    ['a%nb%tc%%', 'a\nb\tc%'],
    ['%Ey %EY %Ec %Od %OH', '24 2024 Fri Jan  5 15:04:09 2024 05 15'],
  ])('writes %j as %j', (format, text) => {
    expect(strftime(format, MOMENT, 'utc')).toBe(text);
  });

  it.each([
    ['%-d|%_d|%0e', '5| 5|05'],
    ['%^a|%#b|%#p|%#Z', 'FRI|JAN|pm|gmt'],
    ['%5d|%_5d|%-5d', '00005|    5|    5'],
    ['%6a|%06a|%^6a', '   Fri|000Fri|   FRI'],
    ['%12F|%^c', '  2024-01-05|FRI JAN  5 15:04:09 2024'],
  ])('obeys flags and widths: %j gives %j', (format, text) => {
    expect(strftime(format, MOMENT, 'utc')).toBe(text);
  });

  it.each([
    ['%f', '%f'],
    ['%Q %5Q', '%Q   %5Q'],
    ['%Ed', '%Ed'],
    ['100%', '100%'],
    ['%-', '%-'],
    ['%😀', '%😀'],
  ])('leaves what it does not know: %j gives %j', (format, text) => {
    expect(strftime(format, MOMENT, 'utc')).toBe(text);
  });

  it('writes years before 1970, before 1000 and after 9999 in full', () => {
    expect(strftime('%F', -1, 'utc')).toBe('1969-12-31');
    expect(strftime('%Y', -62_135_596_800, 'utc')).toBe('1');
    expect(strftime('%Y %C', -62_200_000_000, 'utc')).toBe('-2 -1');
    expect(strftime('%F', 253_402_300_800, 'utc')).toBe('10000-01-01');
  });

  it('drops a fraction, downwards before 1970 too', () => {
    expect(strftime('%S', 0.999, 'utc')).toBe('00');
    expect(strftime('%S', -0.001, 'utc')).toBe('59');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])('calls %d an invalid date', (seconds) => {
    expect(strftime('%Y', seconds, 'utc')).toBe('Invalid Date');
    expect(strftime('%c %s %Z', seconds, 'local')).toBe('Invalid Date');
  });

  it('gives up on widths beyond reason, as Python does', () => {
    expect(strftime('%1535d', MOMENT, 'utc')).toHaveLength(1535);
    expect(strftime('%999999999999d', MOMENT, 'utc')).toBe('');
    expect(strftime('%9999d'.repeat(1000), MOMENT, 'utc')).toBe('');
  });

  it('never throws, whatever the format and the time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double(), (format, seconds) => {
        expect(typeof strftime(format, seconds, 'utc')).toBe('string');
        expect(typeof strftime(`%${format}`, seconds, 'local')).toBe('string');
      }),
    );
  });
});

describe('compileStrftime', () => {
  it('writes each second anew, and the same second again', () => {
    const format = compileStrftime('%T', 'utc');
    expect([0, 0.5, 1, 0].map(format)).toEqual(['00:00:00', '00:00:00', '00:00:01', '00:00:00']);
  });

  it('follows the zone of the process', () => {
    const inZone = (tz: string) =>
      ({ ask: 'strftime', tz, format: '%F %T %z %Z %s', seconds: MOMENT, zone: 'local' }) as const;
    expect(
      askLibrary(['Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Auckland'].map(inZone)),
    ).toEqual([
      '2024-01-05 16:04:09 +0100 CET 1704467049',
      '2024-01-05 11:34:09 -0330 NST 1704467049',
      '2024-01-05 20:34:09 +0530 IST 1704467049',
      '2024-01-06 04:04:09 +1300 NZDT 1704467049',
    ]);
  });
});

const version = pythonVersion();
(version === undefined ? describe.skip : describe)('strftime beside Python', () => {
  it('agrees on thousands of random formats and times in eight zones', () => {
    const letters = [...'aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%fQqiLKvNEOJ+:é'];
    const directive = fc
      .tuple(
        fc.string({ unit: fc.constantFrom(...'_-0^#'), maxLength: 3 }),
        fc.constantFrom('', '', '', '1', '3', '5', '20'),
        fc.constantFrom('', '', '', 'E', 'O'),
        fc.constantFrom(...letters),
      )
      .map((parts) => `%${parts.join('')}`);
    const seconds = fc.oneof(
      fc
        .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -90_000, max: 90_000 }))
        .map(([at, by]) => at + by),
      fc.integer({ min: 0, max: 2_200_000_000 }),
      fc.integer({ min: -120_000_000_000, max: 500_000_000_000 }),
    );
    const question: fc.Arbitrary<TimeQuestion> = fc.record({
      ask: fc.constant('strftime'),
      tz: fc.constantFrom(...ZONES),
      zone: fc.constantFrom('local', 'utc'),
      format: fc
        .array(fc.oneof(directive, fc.constantFrom('-', ' ', 'ü')), { maxLength: 8 })
        .map((all) => all.join('')),
      seconds,
    });
    const questions = fc.sample(question, 4000);
    const python = askPython(questions);
    const differences = askLibrary(questions).flatMap((ours, index) =>
      ours === python[index] ? [] : [{ ...questions[index], ours, python: python[index] }],
    );
    expect(differences).toEqual([]);
  });
});
