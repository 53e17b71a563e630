import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { compiledProgram } from '../support/compiled-sources.js';

/** Runs a program in which the library is there twice, as `first` and `second`. @returns What it prints. */
function runWithTwo(body: string): unknown {
  const program = compiledProgram(`
    import module from 'node:module';
    import { NestFactory } from '@nestjs/core';
    import * as first from '../../lib/index.js';
    const resolve = (name, context, next) => {
      const isSecond = ({ url }) => context.parentURL?.endsWith('?second') && url.includes('/lib/');
      const mark = (found) => (isSecond(found) ? { ...found, url: found.url + '?second' } : found);
      const found = next(name, context);
      return found instanceof Promise ? found.then(mark) : mark(found);
    };
    // The older way runs the hooks in a thread of their own, and warns since Node 26.
    if (module.registerHooks) module.registerHooks({ resolve });
    else module.register('data:text/javascript,' + encodeURIComponent('export const resolve = ' + resolve));
    const second = await import(new URL('../../lib/index.js?second', import.meta.url).href);
    const lines = {};
    const noting = (copy, name) => {
      lines[name] = [];
      return new (class extends copy.Handler {
        emit(record) {
          lines[name].push(record.getMessage());
        }
      })();
    };
    const start = (copy, name, handler = noting(copy, name)) => {
      const config = { version: 1, handlers: { [name]: { '()': () => handler } }, root: { level: 'INFO', handlers: [name] } };
      const module = class AppModule {};
      const imports = [copy.LoggingModule.forRoot(config)];
      return NestFactory.createApplicationContext({ module, imports }, { logger: false, abortOnError: false });
    };
    ${body}
  `);
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  expect(
    stderr.replaceAll(/^nestjs-logging: two applications in one process: root\.handlers: .*\n/gm, ''),
  ).toBe('');
  return JSON.parse(stdout);
}

it('applications with two copies of this package log to the handlers of both, and of the other when one ends', () => {
  const lines = runWithTwo(`
    const isOther = first.LoggingModule !== second.LoggingModule;
    const one = await start(first, 'one');
    const two = await start(second, 'two');
    first.getLogger('shop').info('both');
    second.getLogger('shop').info('both again');
    await one.close();
    first.getLogger('shop').info('the second');
    const three = await start(first, 'three');
    await two.close();
    second.getLogger('shop').info('the third');
    await three.close();
    console.log(JSON.stringify({ isOther, ...lines }));`);
  expect(lines).toEqual({
    isOther: true,
    one: ['both', 'both again'],
    two: ['both', 'both again', 'the second'],
    three: ['the third'],
  });
});

it('names the line of what fails in a configuration that another copy of this package has read', () => {
  const issues = runWithTwo(`
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
    const folder = mkdtempSync('config-');
    process.on('exit', () => rmSync(folder, { recursive: true }));
    writeFileSync(folder + '/logging.json', '{\\n"version": 1,\\n"handlers": {\\n"file": { "class": "FileHandler", "filename": "/no/such/folder/app.log" } } }');
    const config = await first.loadLoggingConfig(folder + '/logging.json');
    try {
      second.dictConfig(config);
    } catch (error) {
      console.log(JSON.stringify(error.issues.map(({ path, line }) => [path, line])));
    }`);
  expect(issues).toEqual([['handlers.file', 4]]);
});
