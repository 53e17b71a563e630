import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { ChildProgram } from '../../support/child-program.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();

/** Logs into a file that is the standard output, before and after something else is written there. */
const program = new ChildProgram(`
  import { LogRecord } from 'lib/core/records/log-record';
  import * as files from 'lib/handlers/file/file.handler';
  import * as rotating from 'lib/handlers/file/rotation/rotating-file.handler';
  import * as timed from 'lib/handlers/file/rotation/timed-rotating-file.handler';
  import * as watched from 'lib/handlers/file/watched-file.handler';
  const [filename, name, fd] = process.argv.slice(2);
  const Class = { ...files, ...rotating, ...timed, ...watched }[name];
  const rotation = name.includes('Rotating') ? { maxBytes: 10, backupCount: 2 } : {};
  const stream = fd === '2' ? process.stderr : process.stdout;
  const handler = new Class({ filename, followLinks: true, ...rotation });
  for (const msg of ['one', 'two']) handler.handle(new LogRecord({ msg, levelno: 20 }));
  stream.write('direct\\n');
  handler.handle(new LogRecord({ msg: 'three', levelno: 20 }));
`);
const WRITTEN = 'one\ntwo\ndirect\nthree\n';

const names = [
  ['/dev/stdout', '1'],
  ['/dev/fd/1', '1'],
  ['/proc/self/fd/1', '1'],
  ['/dev/stderr', '2'],
  ['a link to /dev/stdout', '1'],
  ['a link to /proc/self/fd/2', '2'],
  ['a link to a link to /dev/fd/1', '1'],
] as const;

function fileOf(name: string): string {
  const target = name.split(' to ').at(-1) as string;
  if (target === name) return name;
  symlinkSync(target, folder.file('inner'));
  symlinkSync('inner', folder.file('app.log'));
  return folder.file('app.log');
}

const classes = ['FileHandler', 'RotatingFileHandler', 'TimedRotatingFileHandler', 'WatchedFileHandler'];

it.each([
  ...names.map((row) => [...row, 'FileHandler'] as const),
  ...classes.slice(1).map((Class) => ['a link to /dev/stdout', '1', Class] as const),
])(
  'a log file that is %s goes on where a redirected file is (descriptor %s, %s)',
  (name, fd, Class) => {
    const { status, stderr } = program.shell(
      `echo before > "$OUT"; $PROGRAM ${fd}>> "$OUT"`.replaceAll('$OUT', folder.file('out')),
      fileOf(name),
      Class,
      fd,
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(folder.read('out')).toBe(`before\n${WRITTEN}`);
  },
  20_000,
);

it('a redirected file is not written from its start', () => {
  program.shell(
    `{ echo before; $PROGRAM; echo after; } > ${folder.file('out')}`,
    fileOf('a link to /dev/stdout'),
    'FileHandler',
  );
  expect(folder.read('out')).toBe(`before\n${WRITTEN}after\n`);
});

it('a pipe is written to', () => {
  const { stdout } = program.shell('$PROGRAM | cat', fileOf('a link to /dev/stdout'), 'RotatingFileHandler');
  expect(stdout).toBe(WRITTEN);
});

it('a terminal is written to', () => {
  const command = program.command.map((word) => `'${word}'`).join(' ');
  const script = `${command} ${fileOf('a link to /dev/stdout')} FileHandler`;
  const { stdout, error } = spawnSync('script', ['-qec', script, '/dev/null'], { encoding: 'utf8' });
  if (error !== undefined) {
    console.warn('script is not here: a terminal is not tested');
    return;
  }
  expect(stdout.replaceAll('\r', '')).toBe(WRITTEN);
});

it('a socket is written to', async () => {
  let text = '';
  const server = createServer((socket) => socket.on('data', (data) => (text += String(data)))).listen(
    folder.file('socket'),
  );
  await once(server, 'listening');
  const socket = connect(folder.file('socket'));
  await once(socket, 'connect');
  const [node, ...args] = program.command;
  const child = spawn(node, [...args, fileOf('a link to /dev/stdout'), 'FileHandler'], {
    stdio: ['ignore', socket, 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (data) => (errors += String(data)));
  expect(await once(child, 'close')).toEqual([0, null]);
  socket.destroy();
  await once(server.close(), 'close');
  expect([errors, text]).toEqual(['', WRITTEN]);
});
