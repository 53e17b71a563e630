import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { YamlServer } from '../support/schema/yaml-server.js';

const server = new YamlServer();
beforeAll(() => server.start(), 30_000);
afterAll(() => server.stop());

/** A document with the comment that editors know, after which line 2 begins. */
const document = (text: string) => `# yaml-language-server: $schema=./schema/logging.schema.json\n${text}\n`;
const file = (options: string) =>
  document(`version: 1
handlers:
  file:
    class: logging.handlers.RotatingFileHandler
    filename: app.log
    ${options}`);

describe("an editor's language server for YAML", () => {
  it('offers the top-level keys', async () => {
    expect(await server.complete(document('version: 1\n|'))).toEqual(
      expect.arrayContaining(['formatters', 'filters', 'handlers', 'loggers', 'root', 'groups']),
    );
  });

  it('offers the classes', async () => {
    expect(await server.complete(document('version: 1\nhandlers:\n  file:\n    class: |'))).toEqual(
      expect.arrayContaining(['logging.StreamHandler', 'logging.handlers.RotatingFileHandler']),
    );
  });

  it("offers the options of the entry's class", async () => {
    const offered = await server.complete(file('max|'));
    expect(offered).toEqual(expect.arrayContaining(['maxBytes', 'backupCount', 'level', 'formatter']));
    expect(offered).not.toContain('capacity');
  });

  it('offers the levels', async () => {
    expect(await server.complete(document('version: 1\nroot:\n  level: |'))).toEqual(
      expect.arrayContaining(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']),
    );
  });

  it('explains what an option means', async () => {
    expect(await server.hover(file('max|Bytes: 1000'))).toContain(
      'Bytes: a record that would bring the file',
    );
  });

  it('finds nothing wrong with a sound file', async () => {
    const text = file(`maxBytes: 1000
    backupCount: \${BACKUPS:-5}
    level: TRACE
loggers: { shop: { level: DEBUG, handlers: [file] } }
root: { level: INFO }`);
    expect(await server.check(text)).toEqual([]);
  });

  it('marks each mistake in its line', async () => {
    const found = await server.check(
      file(`maxByte: 1000
    backupCount: ten
  console:
    class: logging.StremHandler
handler: {}
root: { levle: INFO }`),
    );
    expect([...found].sort((a, b) => a.line - b.line)).toEqual([
      { line: 7, message: 'Property maxByte is not allowed.' },
      { line: 8, message: 'Incorrect type. Expected "integer".' },
      { line: 10, message: expect.stringContaining('"logging.StreamHandler"') },
      { line: 11, message: 'Property handler is not allowed.' },
      { line: 12, message: 'Property levle is not allowed.' },
    ]);
  });
});
