import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runApp } from './support/run-app.js';

describe('an application of its own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'logging-boot-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (script: string, ...args: string[]) => runApp(folder, script, ...args);

  describe.each(['first', 'last', 'buffered'])('that fails to start, logging imported %s', (style) => {
    it.each([
      ['unresolved', /ERROR\|nest\.ExceptionHandler\|Nest can't resolve dependencies of the Unresolved/],
      [
        'constructor',
        /ERROR\|nest\.ExceptionHandler\|the constructor threw\n +|ERROR\|nest\.ExceptionHandler\|the constructor threw/,
      ],
      [
        'init',
        /CRITICAL\|nest\.ExceptionHandler\|the application could not start: FailingInit\.onModuleInit failed/,
      ],
      [
        'bootstrap',
        /CRITICAL\|nest\.ExceptionHandler\|the application could not start: FailingBootstrap\.onApplicationBootstrap failed/,
      ],
    ])('has what was held and the failure (%s) in its file, in order', (way, failure) => {
      const { status, log } = run('boot-failure.ts', way, style);
      expect(status).not.toBe(0);
      expect(log).toMatch(/^INFO\|main\|before\n/);
      expect(log).toContain(
        'INFO|nest.NestFactory|Starting Nest application...\n'.slice(0, style === 'buffered' ? undefined : 0),
      );
      expect(log).toContain('INFO|early|made\n');
      expect(log).toMatch(failure);
      expect(log.match(/ExceptionHandler\|/g)).toHaveLength(1);
    });
  });

  it.each([
    ['configuration', 'no handler named "flie"; did you mean "file"?'],
    ['async', 'no configuration'],
  ])('has both on standard error if the %s is to blame', (way, reason) => {
    const { status, stderr, log } = run('boot-failure.ts', way, 'first');
    expect(status).not.toBe(0);
    expect(log).toBe('');
    expect(stderr).toContain('INFO main: before\n');
    expect(stderr).toContain(reason);
  });

  it('logs injected requests on Fastify, and leaves a hook of the application working', () => {
    const { stdout, stderr } = run('injected-requests.ts');
    expect(stderr).toBe('');
    const [access, result] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(access).toMatchObject({ status: 200, bytes: 13, aborted: false, route: '/ok', handler: 'ok' });
    expect(result).toEqual({ statusCode: 200, seen: ['/ok'] });
  });
});
