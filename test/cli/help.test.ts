import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CommandLine } from '../support/command-line.js';
import { schemaFile } from '../support/schema/schema-file.js';

describe('nestjs-logging', () => {
  const cli = new CommandLine();
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

  it('prints its version', () => {
    const { stdout, status } = cli.run(['--version']);
    expect([stdout, status]).toEqual([`${version}\n`, 0]);
  });

  it.each(['check', 'tree', 'explain', 'level', 'schema', 'convert', 'migrate', 'pretty'])(
    'shows examples in the help of %s',
    (command) => {
      const { stdout, status } = cli.run([command, '--help']);
      expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*nestjs-logging ${command}`));
      expect(status).toBe(0);
    },
  );

  it('shows its help and ends with 2 if called with nothing', () => {
    const { stderr, status } = cli.run([]);
    expect(stderr).toContain('Examples:');
    expect(status).toBe(2);
  });

  it('names the command that was meant', () => {
    const { stderr, status } = cli.run(['expain']);
    expect(stderr).toContain('Did you mean explain?');
    expect(status).toBe(2);
  });

  it('prints the schema', () => {
    expect(JSON.parse(cli.run(['schema']).stdout)).toEqual(JSON.parse(readFileSync(schemaFile, 'utf8')));
  });
});
