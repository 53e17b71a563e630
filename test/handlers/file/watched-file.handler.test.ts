import { spawnSync } from 'node:child_process';
import { renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { WatchedFileHandler } from '../../../lib/handlers/file/watched-file.handler.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const log = (handler: WatchedFileHandler, msg: string) => handler.handle(new LogRecord({ msg, levelno: 20 }));

describe('WatchedFileHandler', () => {
  it('goes over to a new file at once when the old one is moved or removed', () => {
    const handler = new WatchedFileHandler({ filename: folder.file('app.log') });
    log(handler, 'one');
    renameSync(folder.file('app.log'), folder.file('app.log.1'));
    log(handler, 'two');
    expect(folder.lines('app.log.1')).toEqual(['one']);
    expect(folder.lines('app.log')).toEqual(['two']);
    unlinkSync(folder.file('app.log'));
    log(handler, 'three');
    expect(folder.lines('app.log')).toEqual(['three']);
  });

  it('takes path and mode as in Python', () => {
    writeFileSync(folder.file('app.log'), 'before\n');
    const handler = new WatchedFileHandler(folder.file('app.log'), 'w');
    log(handler, 'one');
    expect([handler.mode, folder.read('app.log')]).toEqual(['w', 'one\n']);
    expect(() => new WatchedFileHandler(folder.file('app.log'), 'r')).toThrow('mode: "r" does not write');
  });

  it('keeps to a file that another program cuts short', () => {
    const handler = new WatchedFileHandler({ filename: folder.file('app.log') });
    log(handler, 'one');
    const { ino } = handler;
    writeFileSync(folder.file('app.log'), '');
    log(handler, 'two');
    expect(folder.read('app.log')).toBe('two\n');
    expect(handler.ino).toBe(ino);
  });

  it('brings what it collected to the new file', () => {
    const handler = new WatchedFileHandler({ filename: folder.file('app.log'), bufferSize: 1_000 });
    log(handler, 'one');
    renameSync(folder.file('app.log'), folder.file('app.log.1'));
    handler.flush();
    expect(folder.lines('app.log')).toEqual(['one']);
  });

  it('looks on demand, and knows device and inode', () => {
    const handler = new WatchedFileHandler({ filename: folder.file('app.log') });
    renameSync(folder.file('app.log'), folder.file('app.log.1'));
    handler.reopenIfNeeded();
    const { dev, ino } = statSync(folder.file('app.log'));
    expect([handler.dev, handler.ino]).toEqual([dev, ino]);
    void handler.close();
    expect([handler.dev, handler.ino]).toEqual([-1, -1]);
  });

  const logrotate = ['/usr/sbin/logrotate', 'logrotate'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
  if (logrotate === undefined)
    console.warn('logrotate was not found: WatchedFileHandler is not run under it');
  const under = logrotate === undefined ? it.skip : it;

  under.each(['create', 'nocreate', 'nocreate compress', 'copytruncate'])(
    'loses no line under logrotate with %s',
    async (way) => {
      const path = folder.file('app.log');
      writeFileSync(
        folder.file('logrotate.conf'),
        `"${path}" {\n  su ${process.getuid?.()} ${process.getgid?.()}\n  rotate 100\n  missingok\n  ${way.replaceAll(' ', '\n  ')}\n}\n`,
      );
      const handler = new WatchedFileHandler({ filename: path });
      const rotate = () =>
        spawnSync(logrotate!, ['--force', '--state', folder.file('state'), folder.file('logrotate.conf')], {
          encoding: 'utf8',
        });
      let count = 0;
      for (let round = 0; round < 5; round++) {
        for (let index = 0; index < 200; index++) log(handler, `${count++}`);
        expect(rotate()).toMatchObject({ status: 0, stderr: '' });
        await sleep(1);
      }
      log(handler, `${count++}`);
      const rotated = folder.names().filter((name) => name.startsWith('app.log'));
      expect(rotated).toHaveLength(6);
      const text = rotated
        .map((name) =>
          name.endsWith('.gz')
            ? spawnSync('zcat', [folder.file(name)], { encoding: 'utf8' }).stdout
            : folder.read(name),
        )
        .join('');
      const numbers = text
        .trimEnd()
        .split('\n')
        .map(Number)
        .sort((one, other) => one - other);
      expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index));
    },
  );
});
