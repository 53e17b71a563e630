import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../../support/child-program.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();

const program = new ChildProgram(`
import { dictConfig } from 'lib/config/apply/dict-configurator';
import { loadLoggingConfig } from 'lib/config/read/load-logging-config';
import { getLogger } from 'lib/core/loggers/manager';

const [, , file, stays] = process.argv;
dictConfig(await loadLoggingConfig(file, {
  watch: stays !== 'stays',
  signal: 'SIGHUP',
  onReload: () => {
    process.stdout.write('level ' + getLogger().level + '\\n');
    process.exitCode = 3;
    process.disconnect?.();
    clearInterval(timer);
  },
}));
process.stdout.write('ready\\n');
// Nothing but this keeps the process alive.
const timer = stays === 'stays' ? setInterval(() => {}, 1000) : undefined;
`);

describe('a configuration that is followed', () => {
  it('is read again on a signal, where that was asked for', async () => {
    writeFileSync(folder.file('logging.yaml'), 'version: 1\nroot: { level: INFO }\n');
    const child = program.start([folder.file('logging.yaml'), 'stays'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const end = ended(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    writeFileSync(folder.file('logging.yaml'), 'version: 1\nroot: { level: ERROR }\n');
    child.kill('SIGHUP');
    const [text] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    expect(String(text)).toBe('level 40\n');
    expect(await end).toBe(3);
  });

  it('does not keep the process alive', async () => {
    writeFileSync(folder.file('logging.yaml'), 'version: 1\nroot: { level: INFO }\n');
    const child = program.start([folder.file('logging.yaml')], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await ended(child)).toBe(0);
  });

  it('may be a module, of either kind', async () => {
    const texts = {
      'logging.mjs': (level: string) => `export default () => ({ version: 1, root: { level: '${level}' } });`,
      'logging.cjs': (level: string) => `module.exports = { version: 1, root: { level: '${level}' } };`,
    };
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(folder.file(name), text('INFO'));
      const child = program.start([folder.file(name), 'stays'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const end = ended(child);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      writeFileSync(folder.file(name), text('ERROR'));
      child.kill('SIGHUP');
      const [told] = await once(child.stdout as NodeJS.ReadableStream, 'data');
      expect([name, String(told)]).toEqual([name, 'level 40\n']);
      await end;
    }
  });
});
