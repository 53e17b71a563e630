import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { gzipFrom, isGzipOf } from '../../../../lib/handlers/file/rotation/gzip-file.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const text = 'a line of a log\n'.repeat(20_000);

function withSource<T>(work: (fd: number) => Promise<T>): Promise<T> {
  writeFileSync(folder.file('app.log'), text);
  const fd = openSync(folder.file('app.log'), 'r');
  // Throws if somebody else has closed it.
  return work(fd).finally(() => closeSync(fd));
}

describe('gzipFrom', () => {
  it('compresses a file, and what was added to it since as another part', () =>
    withSource(async (source) => {
      const target = await open(folder.file('app.log.gz'), 'w');
      const length = await gzipFrom(source, 0, target);
      writeFileSync(folder.file('app.log'), 'more\n', { flag: 'a' });
      expect(await gzipFrom(source, length, target)).toBe(text.length + 5);
      await target.close();
      expect(gunzipSync(readFileSync(folder.file('app.log.gz'))).toString()).toBe(`${text}more\n`);
    }));

  it('leaves both descriptors open when the disk is full: closed twice, they could be somebody else’s by then', () =>
    withSource(async (source) => {
      const target = await open('/dev/full', 'w');
      await expect(gzipFrom(source, 0, target)).rejects.toThrow('ENOSPC');
      expect(fstatSync(source).size).toBe(text.length);
      expect((await target.stat()).isCharacterDevice()).toBe(true);
      await target.close();
    }));

  it('makes several parts that isGzipOf knows again', () =>
    withSource(async (source) => {
      const target = await open(folder.file('app.log.gz'), 'w+');
      const length = await gzipFrom(source, 0, target);
      writeFileSync(folder.file('app.log'), 'more\n', { flag: 'a' });
      expect(await isGzipOf(target.fd, source)).toBe(false);
      await gzipFrom(source, length, target);
      expect(await isGzipOf(target.fd, source)).toBe(true);
      await target.truncate((await target.stat()).size - 1);
      expect(await isGzipOf(target.fd, source)).toBe(false);
      await target.truncate(0);
      await target.write('no gzip', 0);
      expect(await isGzipOf(target.fd, source)).toBe(false);
      await target.close();
    }));

  it('makes what isGzipOf knows again', () =>
    withSource(async (source) => {
      const target = await open(folder.file('app.log.gz'), 'w+');
      await gzipFrom(source, 0, target);
      expect(await isGzipOf(target.fd, source)).toBe(true);
      writeFileSync(folder.file('app.log'), text.replace('a', 'b'));
      expect(await isGzipOf(target.fd, source)).toBe(false);
      await target.close();
    }));
});
