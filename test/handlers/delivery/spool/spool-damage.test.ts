import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fill, openSpool, segmentsIn, someTexts, takeAll, textsOf } from '../../../support/spool-files.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder({ inMemory: true });
/** The torture suite asks for ten thousand. */
const FLIPS = Number(process.env.SPOOL_FLIPS ?? 1_000);

/** A spool that a killed process left: so many records, of which the first so many are delivered. */
function leaveSpool(texts: readonly string[], delivered: number): ReadonlyMap<string, Buffer> {
  const spool = openSpool(folder.path);
  fill(spool, texts);
  for (let count = 0; count < delivered; count++) {
    const record = spool.take(Number.POSITIVE_INFINITY);
    if (record !== undefined) spool.settle([record]);
  }
  return new Map(readdirSync(folder.path).map((name) => [name, readFileSync(folder.file(name))]));
}

/** A copy of it. */
function restore(files: ReadonlyMap<string, Buffer>, name: string): string {
  const copy = folder.file(name);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const [file, bytes] of files) writeFileSync(join(copy, file), bytes);
  return copy;
}

function badBytes(path: string): number {
  const bad = readdirSync(path).filter((name) => name.endsWith('.bad'));
  return bad.reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0);
}

describe('a spool whose segment is cut', () => {
  it('gives back every record that is whole, wherever it is cut, and goes on', () => {
    const texts = someTexts(24);
    const files = leaveSpool(texts, 0);
    const [segment = ''] = segmentsIn(folder.path);
    const bytes = files.get(segment) as Buffer;
    // Where each frame ends: a head of 28 bytes, then the text.
    const ends: number[] = [];
    for (const text of texts) ends.push((ends.at(-1) ?? 0) + 28 + Buffer.byteLength(text));
    expect(ends.at(-1)).toBe(bytes.length);
    for (let length = 0; length <= bytes.length; length++) {
      const copy = restore(new Map([[segment, bytes.subarray(0, length)]]), 'cut');
      const whole = texts.slice(0, ends.filter((end) => end <= length).length);
      const spool = openSpool(copy);
      expect([length, spool.waiting, spool.lostAtStart]).toEqual([length, whole.length, 0]);
      fill(spool, ['the next']);
      // What was cut off is kept aside.
      expect(badBytes(copy)).toBe(length - (ends.findLast((end) => end <= length) ?? 0));
      spool.close(false);
      const again = openSpool(copy);
      expect(textsOf(takeAll(again))).toEqual([...whole, 'the next']);
      again.close(false);
    }
  }, 60_000);
});

describe('a spool with a bit that flipped', () => {
  it('gives back every other record, none of them changed, and counts and keeps the one that is lost', () => {
    const random = mulberry(20_260_101);
    const texts = someTexts(40);
    const files = leaveSpool(texts, 10);
    const names = [...files.keys()].sort();
    let replayed = 0;
    for (let flip = 0; flip < FLIPS; flip++) {
      const name = names[random() < 0.1 ? names.length - 1 : Math.floor(random() * names.length)] as string;
      const bytes = Buffer.from(files.get(name) as Buffer);
      const bit = Math.floor(random() * bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const copy = restore(new Map([...files, [name, bytes]]), 'flipped');
      const spool = openSpool(copy);
      const found = textsOf(takeAll(spool));
      expect([flip, name, bit, found.filter((text) => !texts.includes(text))]).toEqual([flip, name, bit, []]);
      expect(found).toEqual(texts.filter((text) => found.includes(text)));
      const missing = texts.slice(10).filter((text) => !found.includes(text));
      if (found.length > 30) replayed += 1;
      // Nothing shows whether the last record was ever whole.
      const mayBeUntold = missing[0] === texts.at(-1);
      expect([flip, name === 'state' ? 0 : 1]).toEqual([
        flip,
        Math.max(missing.length, name === 'state' ? 0 : 1),
      ]);
      if (!mayBeUntold) expect([flip, spool.lostAtStart]).toEqual([flip, missing.length]);
      expect([flip, badBytes(copy) > 0]).toEqual([flip, badBytes(copy) > 0 || missing.length > 0]);
      spool.close(false);
    }
    expect(replayed).toBeGreaterThan(0);
  }, 120_000);

  it('finds damage that comes while it is open, and goes on behind it', () => {
    const spool = openSpool(folder.path);
    const texts = fill(
      spool,
      someTexts(2_000).map((text, index) => `${index} ${text.padEnd(100, 'x')}`),
    );
    const lost: [number, string][] = [];
    spool.owner = {
      lost: (count, reason) => lost.push([count, reason]),
      failed: () => undefined,
      handOver: () => 0,
      adopt: () => undefined,
    };
    const path = folder.file(segmentsIn(folder.path)[0] as string);
    const bytes = readFileSync(path);
    bytes.fill(0x58, bytes.indexOf('1500 record'), bytes.indexOf('1503 record') + 20);
    writeFileSync(path, bytes);
    const found = textsOf(takeAll(spool));
    expect(found).toEqual(texts.filter((_, index) => index < 1_500 || index > 1_503));
    expect(lost).toEqual([[4, 'corrupt']]);
    expect(badBytes(folder.path)).toBeGreaterThan(400);
  });

  it('takes no record for one that only looks like a frame inside another', () => {
    const spool = openSpool(folder.path);
    fill(spool, ['before']);
    const [name = ''] = segmentsIn(folder.path);
    const frame = readFileSync(folder.file(name));
    // Someone who has seen a frame logs it, and then the one around it is damaged.
    spool.append([{ id: spool.nextId(), levelno: 20, payload: Buffer.concat([Buffer.from('x'), frame]) }]);
    fill(spool, ['after']);
    const bytes = readFileSync(folder.file(name));
    const at = frame.length + 28;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(folder.file(name), bytes);
    const again = openSpool(folder.path);
    expect(textsOf(takeAll(again))).toEqual(['before', 'after']);
    expect(again.lostAtStart).toBe(1);
    const other = folder.file('other');
    mkdirSync(other);
    const foreign = openSpool(other);
    fill(foreign, ['forged', 'too']);
    // A frame of another spool, which was made with another identity.
    appendFileSync(folder.file(name), readFileSync(join(other, segmentsIn(other)[0] as string)));
    const third = openSpool(folder.path);
    expect(textsOf(takeAll(third))).toEqual(['before', 'after']);
  });
});

describe('a spool without its state', () => {
  it.each([
    ['missing', (path: string) => rmSync(path)],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['broken', (path: string) => writeFileSync(path, Buffer.alloc(8_192, 0xaa))],
  ])('replays everything that is there: state %s', (_, spoil) => {
    const texts = someTexts(30);
    const files = leaveSpool(texts, 20);
    const copy = restore(files, 'copy');
    const whole = openSpool(copy);
    expect(textsOf(takeAll(whole))).toEqual(texts.slice(20));
    spoil(join(copy, 'state'));
    const spool = openSpool(copy);
    expect(textsOf(takeAll(spool))).toEqual(texts);
    fill(spool, ['new']);
    expect(takeAll(spool)[0]?.id).toBe(31);
  });

  it('gives no id again to new records under one identity', () => {
    const spool = openSpool(folder.path);
    fill(spool, ['a']);
    copyFileSync(folder.file('state'), folder.file('old'));
    const again = openSpool(folder.path);
    fill(again, ['b']);
    const ids = takeAll(openSpool(folder.path)).map(({ identity, id }) => `${identity}-${id}`);
    expect(new Set(ids).size).toBe(2);
  });
});

/** The same numbers at every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
