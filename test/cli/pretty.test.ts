import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ended } from '../support/child-program.js';
import { CommandLine } from '../support/command-line.js';

const line = (fields: object) => `${JSON.stringify(fields)}\n`;
const OURS = line({
  timestamp: '2026-01-02T03:04:05.678Z',
  level: 'INFO',
  logger: 'shop.orders',
  message: 'paid',
  user_id: 7,
});
const PINO = line({
  level: 50,
  time: 1767323045678,
  pid: 1,
  hostname: 'h',
  msg: 'failed',
  err: { stack: 'Error: no\n    at x' },
});
const PYTHON = line({
  asctime: '2026-01-02 03:04:05,678',
  levelname: 'WARNING',
  name: 'shop.mail',
  message: 'slow',
});

describe('nestjs-logging pretty', () => {
  const cli = new CommandLine();
  const pretty = (input: string, ...args: string[]) => cli.run(['pretty', ...args], { input }).stdout;

  it("shows time, level, logger, message and fields of this package's lines", () => {
    expect(pretty(OURS)).toBe('2026-01-02T03:04:05.678Z INFO     shop.orders paid user_id=7\n');
  });

  it("shows those of pino, whose levels are ten higher, with the error's stack below", () => {
    expect(pretty(PINO)).toBe(
      '2026-01-02T03:04:05.678Z ERROR    failed pid=1 hostname=h\n    Error: no\n        at x\n',
    );
  });

  it("shows those of Python's JSON formatters", () => {
    expect(pretty(PYTHON)).toBe('2026-01-02 03:04:05,678 WARNING  shop.mail slow\n');
  });

  it('shows tracebacks below', () => {
    const exception = 'Traceback (most recent call last):\n  File "x"\nValueError: no';
    expect(pretty(line({ level: 'ERROR', message: 'failed', exception }))).toBe(
      'ERROR    failed\n    Traceback (most recent call last):\n      File "x"\n    ValueError: no\n',
    );
  });

  it('shows a stack once, and what an error has beside it', () => {
    const stack = 'QueryError: no\n    at x';
    const err = { name: 'QueryError', message: 'no', stack, code: '23505' };
    expect(
      pretty(line({ level: 'ERROR', message: 'failed', err, exception: `${stack}\n  code: '23505'` })),
    ).toBe('ERROR    failed err={"code":"23505"}\n    QueryError: no\n        at x\n      code: \'23505\'\n');
    expect(pretty(line({ level: 'ERROR', message: 'failed', err: { ...err, message: 'changed' } }))).toBe(
      'ERROR    failed err={"message":"changed","code":"23505"}\n    QueryError: no\n        at x\n',
    );
    expect(pretty(line({ level: 'ERROR', message: 'failed', err: { stack }, exception: stack }))).toBe(
      'ERROR    failed\n    QueryError: no\n        at x\n',
    );
  });

  it('lets other lines through, without what acts on a terminal', () => {
    expect(pretty('listening\u001b]0;title\u0007 on 3000\n{ not JSON\n')).toBe(
      'listening\\x1b]0;title\\x07 on 3000\n{ not JSON\n',
    );
  });

  it('lets no field forge a line or reach the terminal', () => {
    const forged = {
      level: 'INFO\u001b[2J',
      message: 'x\n2026-01-02 CRITICAL root down',
      'a\nb': 'c\n\u009bd',
      logger: 'l\r',
    };
    expect(pretty(line(forged))).toBe(
      'INFO\\x1b[2J l\\r x\n    2026-01-02 CRITICAL root down a\\nb="c\\n\\x9bd"\n',
    );
  });

  it('keeps the value of __proto__ a field', () => {
    expect(pretty('{"message":"x","__proto__":{"level":"INFO"}}\n')).toBe('x __proto__={"level":"INFO"}\n');
  });

  it('filters by level, in any case and by any scale', () => {
    expect(pretty(OURS + PINO + PYTHON, '--level', 'warning')).toMatch(
      /^.* ERROR .*failed[\s\S]*WARNING .*slow\n$/,
    );
    expect(pretty(OURS + PINO + PYTHON, '-l', '50')).toBe('');
  });

  it('filters by logger and those below it', () => {
    expect(pretty(OURS + PINO + PYTHON, '--logger', 'shop')).toMatch(/^.*paid.*\n.*slow\n$/);
    expect(pretty(OURS + PYTHON, '--logger', 'shop.mail')).toMatch(/^.*slow\n$/);
    expect(pretty(OURS, '--logger', 'sho')).toBe('');
  });

  it('filters by fields, nested ones too', () => {
    const nested = line({ level: 'INFO', message: 'nested', user: { id: 8 } });
    expect(pretty(OURS + nested, '--field', 'user_id=7')).toMatch(/^.*paid.*\n$/);
    expect(pretty(OURS + nested, '-f', 'user.id=8', '-f', 'message=nested')).toBe(
      'INFO     nested user={"id":8}\n',
    );
  });

  it('prints the lines that pass as they are for other programs', () => {
    expect(pretty(`noise\n${OURS}${PYTHON}`, '--json', '-l', 'WARNING')).toBe(PYTHON);
  });

  it('puts characters together that come in pieces', async () => {
    const child = cli.start(['pretty']);
    const bytes = Buffer.from(line({ level: 'INFO', message: 'grüße 👋' }));
    child.stdin.write(bytes.subarray(0, 30));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.stdin.end(bytes.subarray(30));
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    expect(await ended(child)).toBe(0);
    expect(Buffer.concat(chunks).toString()).toBe('INFO     grüße 👋\n');
  });

  it('shows a last line without an end', () => {
    expect(pretty(OURS.trimEnd())).toMatch(/paid user_id=7\n$/);
  });

  it('ends quietly when nobody reads any more', async () => {
    const child = cli.start(['pretty']);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(OURS.repeat(2000));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.destroy();
    const writing = setInterval(() => child.stdin.write(OURS.repeat(100)), 10);
    const status = await ended(child);
    clearInterval(writing);
    expect([errors, status]).toEqual(['', 0]);
  });

  it('leaves an interrupt to the program whose lines it shows', async () => {
    const child = cli.start(['pretty']);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stdin.write(OURS);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    child.stdin.end(PYTHON);
    expect(await ended(child)).toBe(0);
    expect(output).toMatch(/paid.*\n.*slow\n$/);
  });

  it('can be interrupted while it shows a file', async () => {
    cli.write('app.log', OURS.repeat(30_000));
    const file = openSync(join(cli.folder, 'app.log'), 'r');
    const child = cli.start(['pretty'], file);
    closeSync(file);
    // Its output is not read any further, so that it is not done yet.
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.pause();
    child.kill('SIGINT');
    child.stdout.resume();
    await ended(child);
    expect(child.signalCode).toBe('SIGINT');
  });

  it('is in colour on a terminal, or where that is asked for', () => {
    const { stdout } = cli.run(['pretty'], { input: OURS, env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('\x1b[32mINFO    \x1b[39m');
  });

  it('refuses a filter it cannot read', () => {
    expect(cli.run(['pretty', '--field', 'user']).stderr).toContain('expected NAME=VALUE, got "user"');
    expect(cli.run(['pretty', '--level', 'loud']).status).toBe(1);
  });
});
