import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { FileHandler, type FileHandlerOptions } from '../../../lib/handlers/file/file.handler.js';
import { RotatingFileHandler } from '../../../lib/handlers/file/rotation/rotating-file.handler.js';
import { TimedRotatingFileHandler } from '../../../lib/handlers/file/rotation/timed-rotating-file.handler.js';
import { WatchedFileHandler } from '../../../lib/handlers/file/watched-file.handler.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const path = (name = 'app.log') => folder.file(name);
const modeOf = (name = 'app.log') => (statSync(path(name)).mode & 0o777).toString(8);
const log = (handler: FileHandler, ...messages: string[]) => {
  for (const msg of messages) handler.handle(new LogRecord({ msg, levelno: 20 }));
};
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('owner and group are tested only as root: this is another user');

describe('fileMode', () => {
  const classes = { FileHandler, RotatingFileHandler, TimedRotatingFileHandler, WatchedFileHandler };

  it.each(Object.entries(classes))('is exact for new files, whatever the umask: %s', (_name, Class) => {
    const umask = process.umask(0o077);
    try {
      new Class({ filename: path(), fileMode: '0664' });
      expect(modeOf()).toBe('664');
    } finally {
      process.umask(umask);
    }
  });

  it.each(['0600', '600', '0o600', 0o600])('is read from %p', (fileMode) => {
    new FileHandler({ filename: path(), fileMode });
    expect(modeOf()).toBe('600');
  });

  it.each([644, '0888', '1777', '64', 'rw-r--r--', -1, 0.5, '', {}])(
    '%p is refused with the remedy',
    (fileMode) => {
      expect(() => new FileHandler({ filename: path(), fileMode: fileMode as string })).toThrow(
        "fileMode: expected permissions in octal, such as '0644'",
      );
      expect(folder.names()).toEqual([]);
    },
  );

  it('leaves a file that is there as it is until it is rolled', () => {
    writeFileSync(path(), 'old\n');
    chmodSync(path(), 0o600);
    const handler = new RotatingFileHandler({
      filename: path(),
      fileMode: '0644',
      maxBytes: 5,
      backupCount: 1,
    });
    expect(modeOf()).toBe('600');
    log(handler, 'new');
    expect([modeOf(), modeOf('app.log.1')]).toEqual(['644', '644']);
  });

  it.each([false, true])('is kept over rolling and compressing; delay: %p', async (delay) => {
    const options = {
      filename: path(),
      fileMode: '0604',
      maxBytes: 5,
      backupCount: 2,
      compress: true,
      delay,
    };
    const handler = new RotatingFileHandler(options);
    log(handler, 'one', 'two', 'three');
    await handler.close();
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz', 'app.log.2.gz']);
    expect(folder.names().map(modeOf)).toEqual(['604', '604', '604']);
  });

  it.each([false, true])('without it a new file is like the one before; delay: %p', async (delay) => {
    const handler = new RotatingFileHandler({ filename: path(), maxBytes: 5, backupCount: 2, delay });
    log(handler, 'one');
    chmodSync(path(), 0o666);
    log(handler, 'two');
    expect(folder.names().map(modeOf)).toEqual(['666', '666']);
  });

  it('mode says which option is meant', () => {
    const file = (mode: unknown) => () => new FileHandler({ filename: path(), mode: mode as string });
    expect(file('0644')).toThrow(`its permissions are fileMode: "0644"`);
    expect(file(0o644)).toThrow('its permissions are fileMode');
    expect(file('r')).toThrow("does not write; use 'a', 'w' or 'x'");
  });
});

describe('owner and group', () => {
  (isRoot ? it : it.skip)('are those of new files, kept over rolling and compressing', async () => {
    const options = {
      filename: path(),
      owner: 'nobody',
      group: 12_345,
      maxBytes: 5,
      backupCount: 2,
      compress: true,
    };
    const handler = new RotatingFileHandler(options);
    log(handler, 'one', 'two');
    await handler.close();
    const nobody = Number(/^nobody:[^:]*:(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1]);
    const owners = folder.names().map((name) => [statSync(path(name)).uid, statSync(path(name)).gid]);
    expect(owners).toEqual([
      [nobody, 12_345],
      [nobody, 12_345],
    ]);
  });

  it('refuses a name that this machine does not have', () => {
    const make = (options: Partial<FileHandlerOptions>) => () =>
      new FileHandler({ filename: path(), ...options });
    expect(make({ owner: 'no-such-user' })).toThrow(
      'owner: this machine has no user named "no-such-user"; create it, or give a numeric id',
    );
    expect(make({ group: 'no-such-group' })).toThrow('group: this machine has no group named');
    expect(make({ owner: -1 })).toThrow('owner: expected a name or a numeric id');
    expect(folder.names()).toEqual([]);
  });
});

describe('makeDirs', () => {
  it('makes the directories that are missing, with their mode', () => {
    const handler = new FileHandler({ filename: path('var/log/app.log'), makeDirs: true, dirMode: '0755' });
    log(handler, 'a');
    expect(folder.read('var/log/app.log')).toBe('a\n');
    expect([modeOf('var'), modeOf('var/log')]).toEqual(['755', '755']);
  });

  it('gives them 0750 under the umask, and leaves those that are there', () => {
    mkdirSync(path('var'), { mode: 0o700 });
    new FileHandler({ filename: path('var/log/app.log'), makeDirs: true });
    expect([modeOf('var'), modeOf('var/log')]).toEqual(['700', (0o750 & ~process.umask()).toString(8)]);
  });

  it('makes those of rolled files too', () => {
    const namer = (name: string) => name.replace('app.log.', 'archive/app.log.');
    const options = { filename: path(), makeDirs: true, maxBytes: 5, backupCount: 2, namer };
    log(new RotatingFileHandler(options), 'one', 'two', 'three');
    expect(folder.read('archive/app.log.2')).toBe('one\n');
  });

  it('is named by the error without it', () => {
    expect(() => new FileHandler({ filename: path('var/app.log') })).toThrow('or set makeDirs: true');
    expect(folder.names()).toEqual([]);
  });

  it('leaves nothing behind if the configuration is refused', () => {
    const configure = () =>
      dictConfig({
        version: 1,
        handlers: {
          file: { class: 'FileHandler', filename: path('var/log/app.log'), makeDirs: true },
          other: { class: 'FileHandler', filename: path('missing/app.log') },
        },
        root: { handlers: ['file', 'other'] },
      });
    expect(configure).toThrow('missing/app.log');
    expect(folder.names()).toEqual([]);
  });
});
