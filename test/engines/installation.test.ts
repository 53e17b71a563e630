import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { useTemporaryFolder } from '../support/temporary-folder.js';

/** The script in a copy of the repository that has no engine yet. */
describe('node scripts/engines.mjs', () => {
  const folder = useTemporaryFolder();
  beforeEach(() => {
    for (const part of ['scripts', 'test/engines'])
      cpSync(path.join(import.meta.dirname, '../..', part), folder.file(part), { recursive: true });
  });

  function install(names: readonly string[], env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/engines.mjs', ...names], {
      cwd: folder.path,
      // No tool is found in it.
      env: { PATH: folder.path, ...env },
      encoding: 'utf8',
    });
    return { status, lines: (stdout + stderr).split('\n').filter(Boolean) };
  }

  test('says what it skips and which tool is missing for it', () => {
    const { status, lines } = install(['victoria-logs', 'kafka', 'moto']);
    expect(lines).toEqual([
      expect.stringMatching(
        /^victoria-logs: skipped with the tests that need it, there is no go \(go build /,
      ),
      expect.stringMatching(/^kafka: skipped .*, there is no mvn and no javac \(/),
      expect.stringMatching(/^moto: skipped .*, there is no python3 \(/),
    ]);
    expect(status).toBe(0);
  });

  test('fails where none may be skipped', () => {
    expect(install(['kafka'], { REQUIRE_ENGINES: '1' }).status).toBe(1);
  });

  test('installs none that SKIP_ENGINES names', () => {
    const { lines, status } = install(['kafka'], { SKIP_ENGINES: 'all' });
    expect(lines).toEqual([expect.stringContaining('SKIP_ENGINES names it')]);
    expect(status).toBe(0);
  });

  test('knows which engines there are', () => {
    const { lines, status } = install(['kafak']);
    expect(lines).toEqual([
      expect.stringMatching(/^Unknown: kafak\. There are: all, everyday, on-request, python, /),
    ]);
    expect(status).toBe(2);
    expect(install(['--list', 'kafka']).lines).toEqual([
      expect.stringMatching(/^kafka +a Kafka broker: missing, comes with: mvn copy-dependencies of /),
    ]);
  });
});
