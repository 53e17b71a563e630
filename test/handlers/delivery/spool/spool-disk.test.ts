import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkOptions } from '../../../../lib/core/options.js';
import { spoolSchema } from '../../../../lib/handlers/delivery/spool/spool-options.js';
import { SpoolQueue } from '../../../../lib/handlers/delivery/spool/spool-queue.js';
import { mountSmallDisk, type SmallDisk } from '../../../support/small-disk.js';
import { fill, openSpool, segmentsIn, takeAll, textsOf } from '../../../support/spool-files.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const INFO = 20;
/** Longer than it takes to notice that a directory is gone. */
const NOTICED_MS = 300;

const folder = useTemporaryFolder();
const open: SpoolQueue<string>[] = [];
afterEach(() => {
  for (const queue of open.splice(0)) queue.close();
});

function make(directory: string) {
  const errors: string[] = [];
  const queue = new SpoolQueue<string>({
    spool: checkOptions('spool', spoolSchema(), { directory }),
    kind: 'text',
    encode: (text) => Buffer.from(text),
    decode: (payload) => payload.toString(),
    failed: (error) => errors.push(error.message),
  });
  open.push(queue);
  queue.open(() => undefined);
  return { queue, errors };
}

const waitingIn = (queue: SpoolQueue<string>) => queue.take(100).map(({ item }) => item);

describe('a spool whose directory is removed', () => {
  it('makes it again for what comes, and counts what only the removed files had', async () => {
    const directory = folder.file('spool');
    const { queue, errors } = make(directory);
    queue.push('removed', INFO);
    rmSync(directory, { recursive: true });
    await sleep(NOTICED_MS);
    queue.push('kept', INFO);
    queue.push('kept too', INFO);
    expect(errors).toEqual([`${directory} was removed, and is there again; 1 record was in it`]);
    expect(() => make(directory)).toThrow(/in use/);
    queue.close();
    expect(queue.stats).toMatchObject({ emitted: 3, spooled: 2, dropped: 1, droppedBy: { closed: 1 } });
    expect(waitingIn(make(directory).queue)).toEqual(['kept', 'kept too']);
  });

  it('still sends what was in it while the process goes on', async () => {
    const directory = folder.file('spool');
    const { queue } = make(directory);
    queue.push('removed', INFO);
    rmSync(directory, { recursive: true });
    await sleep(NOTICED_MS);
    queue.push('kept', INFO);
    const taken = queue.take(100);
    expect(taken.map(({ item }) => item)).toEqual(['removed', 'kept']);
    queue.deliver(taken);
    queue.close();
    expect(queue.stats).toMatchObject({ emitted: 2, delivered: 2, dropped: 0 });
  });

  it('is not taken back from another process that has it by now', async () => {
    const directory = folder.file('spool');
    const { queue, errors } = make(directory);
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    writeFileSync(join(directory, 'spool.lock'), 'elsewhere-1234-99-1');
    await sleep(NOTICED_MS);
    queue.push('in memory', INFO);
    expect(errors).toEqual(['the spool cannot be written; records are kept in memory']);
    expect(segmentsIn(directory)).toEqual([]);
    expect(waitingIn(queue)).toEqual(['in memory']);
  });
});

describe('a file of a spool that is removed', () => {
  it('does not hold up those behind it, and is counted', () => {
    const first = openSpool(folder.path);
    fill(first, ['removed', 'removed too']);
    first.close(false);
    const lost: [number, string][] = [];
    const spool = openSpool(folder.path);
    spool.owner = {
      lost: (count, reason) => lost.push([count, reason]),
      failed: () => undefined,
      handOver: () => 0,
      adopt: () => undefined,
    };
    for (const name of segmentsIn(folder.path)) rmSync(folder.file(name));
    fill(spool, ['kept']);
    expect(textsOf(takeAll(spool))).toEqual(['kept']);
    expect(lost).toEqual([[2, 'corrupt']]);
    spool.close(false);
  });
});

describe('the files of a spool', () => {
  // Bytes as the first version has written them: what a later one changes has to read these all the same.
  const FRAMES =
    'f54e4c010000000500000000000000070000001400000000fb7e1ddb6669727374' +
    'f54e4c010000000700000000000000080000001900000001c748040673c3a9636f6e64';
  const SLOT = '4e4c53504f4f4c3100000000000000020000000000000007e884407f';

  it.each([
    ['', ['first', 'sécond']],
    [SLOT, ['sécond']],
  ])('are read by each version, those of the first too, with the state %j', (state, texts) => {
    writeFileSync(folder.file('0000000000000007-20-test-0123456789ab.spool'), Buffer.from(FRAMES, 'hex'));
    writeFileSync(folder.file('state'), Buffer.from(state, 'hex'));
    const spool = openSpool(folder.path);
    expect(spool.lostAtStart).toBe(0);
    const records = takeAll(spool);
    expect([textsOf(records), records.at(-1)?.id, records.at(-1)?.levelno]).toEqual([texts, 8, 25]);
    spool.close(false);
  });
});

describe('a spool on a full disk', () => {
  const withSmallDisk =
    (test: (disk: SmallDisk, fillUp: () => () => void) => void | Promise<void>) => async () => {
      const disk = mountSmallDisk();
      if (disk === undefined) return;
      const filler = join(disk.path, 'filler');
      const fillUp = () => {
        try {
          writeFileSync(filler, Buffer.alloc(2 << 20));
        } catch {
          // That is what it is for.
        }
        return () => rmSync(filler);
      };
      try {
        await test(disk, fillUp);
      } finally {
        for (const queue of open.splice(0)) queue.close();
        disk.unmount();
      }
    };

  it(
    'starts, locks its directory, and writes once there is room',
    withSmallDisk(async ({ path }, fillUp) => {
      const directory = join(path, 'spool');
      const makeRoom = fillUp();
      const { queue, errors } = make(directory);
      expect(() => make(directory)).toThrow(/in use/);
      queue.push('early', INFO);
      expect(queue.stats).toMatchObject({ emitted: 1, queued: 1, dropped: 0 });
      expect(errors).toEqual(['the spool cannot be written; records are kept in memory']);
      makeRoom();
      await sleep(NOTICED_MS);
      queue.push('late', INFO);
      expect(queue.stats).toMatchObject({ emitted: 2, spooled: 2, dropped: 0 });
      queue.close();
      expect(readdirSync(directory)).not.toContain('spool.lock');
      expect(waitingIn(make(directory).queue)).toEqual(['early', 'late']);
    }),
  );

  it(
    'starts though what was damaged cannot be set aside',
    withSmallDisk(({ path }, fillUp) => {
      const first = openSpool(path);
      fill(first, ['whole', 'torn']);
      first.close(false);
      const [segment = ''] = segmentsIn(path);
      truncateSync(join(path, segment), statSync(join(path, segment)).size - 1);
      fillUp();
      const second = openSpool(path);
      expect(textsOf(takeAll(second))).toEqual(['whole']);
      second.close(false);
    }),
  );

  it(
    'removes what is delivered though there is no room to write that down',
    withSmallDisk(({ path }, fillUp) => {
      const makeRoom = fillUp();
      const errors: Error[] = [];
      const spool = openSpool(path);
      spool.owner = {
        lost: () => undefined,
        failed: (error) => errors.push(error),
        handOver: () => 0,
        adopt: () => undefined,
      };
      makeRoom();
      // Two files: the later one is appended to, and stays.
      fill(spool, ['a', 'b'], INFO);
      spool.close(false);
      const again = openSpool(path);
      again.owner = spool.owner;
      truncateSync(join(path, 'state'), 0);
      fillUp();
      again.settle(takeAll(again));
      expect(segmentsIn(path)).toEqual([]);
      again.close(false);
    }),
  );
});
