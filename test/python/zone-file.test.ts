import { describe, expect, it } from '@jest/globals';
import { readZoneFile, ZoneFile } from '../../lib/python/time/zone-file.js';

interface Block {
  timeBytes: 4 | 8;
  version?: string;
  transitions?: [at: number, type: number][];
  types: [offset: number, isDst: boolean, name: string][];
}

function block({ timeBytes, version = '2', transitions = [], types }: Block): Buffer {
  const names = Buffer.from(types.map(([, , name]) => `${name}\0`).join(''), 'latin1');
  const header = Buffer.alloc(44);
  header.write(`TZif${version}`, 'latin1');
  header.writeUInt32BE(transitions.length, 32);
  header.writeUInt32BE(types.length, 36);
  header.writeUInt32BE(names.length, 40);
  const times = transitions.map(([at]) => {
    const time = Buffer.alloc(timeBytes);
    if (timeBytes === 8) time.writeBigInt64BE(BigInt(at));
    else time.writeInt32BE(at);
    return time;
  });
  let nameAt = 0;
  const records = types.map(([offset, isDst, name]) => {
    const record = Buffer.alloc(6);
    record.writeInt32BE(offset);
    record.writeUInt8(isDst ? 1 : 0, 4);
    record.writeUInt8(nameAt, 5);
    nameAt += name.length + 1;
    return record;
  });
  return Buffer.concat([
    header,
    ...times,
    Buffer.from(transitions.map(([, type]) => type)),
    ...records,
    names,
  ]);
}

const LOCAL_MEAN_THEN_EASTERN: Omit<Block, 'timeBytes'> = {
  transitions: [
    [-1000, 1],
    [1000, 2],
  ],
  types: [
    [-17762, false, 'LMT'],
    [-18000, false, 'EST'],
    [-14400, true, 'EDT'],
  ],
};

/** As 'slim' files are: the first block empty, the present left to the rule. */
const slim = (rule: string) =>
  new ZoneFile(
    Buffer.concat([
      block({ timeBytes: 4, types: [] }),
      block({ timeBytes: 8, ...LOCAL_MEAN_THEN_EASTERN }),
      Buffer.from(`\n${rule}\n`),
    ]),
  );

describe('ZoneFile', () => {
  it('finds the period of a moment among the transitions', () => {
    const zone = slim('EST5EDT,M3.2.0,M11.1.0');
    expect(zone.periodAt(-1001, -17762)?.name).toBe('LMT');
    expect(zone.periodAt(-1000, -18000)).toEqual({ name: 'EST', utcOffsetSeconds: -18000, isDst: false });
  });

  it('takes what comes after the last transition from the rule', () => {
    const zone = slim('EST5EDT,M3.2.0,M11.1.0');
    expect(zone.periodAt(2e9, -18000)).toEqual({ name: 'EST', utcOffsetSeconds: -18000, isDst: false });
    expect(zone.periodAt(2e9, -14400)).toEqual({ name: 'EDT', utcOffsetSeconds: -14400, isDst: true });
  });

  it.each([
    ['<+0530>-5:30', 19800, '+0530', false],
    ['<-03>3', -10800, '-03', false],
    ['<+1030>-10:30<+11>-11,M10.1.0,M4.1.0', 39600, '+11', true],
    ['IST-1GMT0,M10.5.0,M3.5.0/1', 0, 'GMT', true],
    ['NST3:30NDT,M3.2.0,M11.1.0', -9000, 'NDT', true],
  ])('reads the rule %s', (rule, utcOffsetSeconds, name, isDst) => {
    expect(slim(rule).periodAt(2e9, utcOffsetSeconds)).toEqual({ name, utcOffsetSeconds, isDst });
  });

  it('reads files of version 1, which have no rule', () => {
    const zone = new ZoneFile(block({ timeBytes: 4, version: '\0', ...LOCAL_MEAN_THEN_EASTERN }));
    expect(zone.periodAt(2e9, -14400)?.name).toBe('EDT');
  });

  it('says nothing where the offset is not the one it knows', () => {
    expect(slim('EST5EDT,M3.2.0,M11.1.0').periodAt(2e9, 0)).toBeUndefined();
  });

  it.each([Buffer.alloc(0), Buffer.from('hello, world'), block({ timeBytes: 4, types: [] }).subarray(0, 40)])(
    'refuses what is not a zone',
    (bytes) => {
      expect(() => new ZoneFile(bytes)).toThrow(/TZif|out of range|outside buffer/);
    },
  );

  it('is undefined for a file that is not there, or is no zone', () => {
    expect(readZoneFile('/nowhere/at/all')).toBeUndefined();
    expect(readZoneFile('package.json')).toBeUndefined();
  });
});
