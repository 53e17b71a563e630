import { describe, expect, it } from '@jest/globals';
import { CommandLine } from '../support/command-line.js';
import { SHOP_LOGGING } from '../support/shop-logging.js';

const FAULTY = `version: 1
handlers:
  console: { class: logging.StreamHandlr, formatter: line }
  file:
    class: logging.FileHandler
    filname: app.log
loggers:
  shop: { levle: INFO, handlers: [fil] }
`;
const OWN = `version: 1
handlers:
  audit: { class: acme.AuditHandler, url: 'https://audit', stream: ext://acme.stream }
root: { handlers: [audit] }
`;

describe('nestjs-logging check', () => {
  const cli = new CommandLine({
    'logging.yaml': SHOP_LOGGING,
    'logging.staging.yaml': 'root: { level: LOUD }\n',
    'faulty.yaml': FAULTY,
    'own.yaml': OWN,
    'register.mjs': `import { Handler, registerComponent, registerExternal } from 'nestjs-logging/core';
class AuditHandler extends Handler {}
registerComponent('handler', 'acme.AuditHandler', AuditHandler);
registerExternal('acme.stream', process.stdout);
`,
  });

  it('is content with a sound file, and says what is in it', () => {
    const { stdout, stderr, status } = cli.run(['check', 'logging.yaml']);
    expect([stdout, stderr, status]).toEqual(['logging.yaml: ok, 4 loggers, 4 handlers\n', '', 0]);
  });

  it('reports every error of every file with its place and what to do', () => {
    const { stdout, stderr, status } = cli.run(['check', 'logging.yaml', 'faulty.yaml']);
    expect(stdout.split('\n')).toEqual([
      'logging.yaml: ok, 4 loggers, 4 handlers',
      expect.stringMatching(
        /^faulty\.yaml:3:\d+: handlers\.console\.class: .*did you mean "logging\.StreamHandler"\?/,
      ),
      expect.stringMatching(/^faulty\.yaml:3:\d+: handlers\.console\.formatter: no formatter named "line"/),
      expect.stringMatching(/^faulty\.yaml:4:3: handlers\.file\.filename: missing/),
      expect.stringMatching(
        /^faulty\.yaml:6:5: handlers\.file\.filname: unknown key; did you mean "filename"\?/,
      ),
      expect.stringMatching(/^faulty\.yaml:8:11: loggers\.shop\.levle: unknown key; did you mean "level"\?/),
      expect.stringMatching(
        /^faulty\.yaml:8:35: loggers\.shop\.handlers\.0: no handler named "fil"; did you mean "file"\?/,
      ),
      '',
    ]);
    expect(stderr).toContain('6 errors in 1 file');
    expect(status).toBe(1);
  });

  it('puts the overlay of an environment on top, and only then', () => {
    expect(cli.run(['check', 'logging.yaml', '--environment', 'staging']).stdout).toMatch(
      /^logging\.staging\.yaml:1:9: root\.level: unknown level 'LOUD'/,
    );
    expect(cli.run(['check', 'logging.yaml'], { env: { NODE_ENV: 'staging' } }).status).toBe(1);
    expect(
      cli.run(['check', 'logging.yaml', '--no-environment'], { env: { NODE_ENV: 'staging' } }).status,
    ).toBe(0);
  });

  it('refuses classes it does not know, and says how to make them known', () => {
    const { stdout, stderr, status } = cli.run(['check', 'own.yaml']);
    expect(stdout).toContain('no handler class is registered as "acme.AuditHandler"');
    expect(stderr).toContain('--import');
    expect(status).toBe(1);
  });

  it('knows the classes that an imported module registers', () => {
    cli.install();
    const { stdout, status } = cli.run(['check', 'own.yaml', '--import', './register.mjs']);
    expect([stdout, status]).toEqual(['own.yaml: ok, 1 logger, 1 handler\n', 0]);
  });

  it('accepts unknown names on request, but no typo in a name of ours', () => {
    const { stdout, status } = cli.run(['check', 'own.yaml', '--allow-unknown']);
    expect(stdout).toContain('note: acme.AuditHandler is not known here and not checked');
    expect(status).toBe(0);
    expect(cli.run(['check', 'faulty.yaml', '--allow-unknown']).stdout).toContain('"logging.StreamHandlr"');
  });

  it('mentions what nothing uses', () => {
    cli.write(
      'unused.yaml',
      'version: 1\nformatters: { line: {} }\nhandlers: { n: { class: NullHandler } }\n',
    );
    const { stdout } = cli.run(['check', 'unused.yaml']);
    expect(stdout).toContain('handlers.n is not used');
    expect(stdout).toContain('formatters.line is not used');
  });

  it('reports a missing file', () => {
    const { stdout, status } = cli.run(['check', 'none.yaml']);
    expect(stdout).toMatch(/^none\.yaml: cannot read none\.yaml: ENOENT/);
    expect(status).toBe(1);
  });

  it('prints JSON for other programs', () => {
    const { stdout, status } = cli.run(['check', 'logging.yaml', 'faulty.yaml', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      { file: 'logging.yaml', ok: true, issues: [], notes: [] },
      expect.objectContaining({
        file: 'faulty.yaml',
        ok: false,
        issues: expect.arrayContaining([
          {
            file: 'faulty.yaml',
            line: 6,
            column: 5,
            path: 'handlers.file.filname',
            message: expect.any(String),
          },
        ]),
      }),
    ]);
  });

  it('opens and writes nothing', () => {
    cli.write(
      'writes.yaml',
      `version: 1\nhandlers: { f: { class: FileHandler, filename: made.log } }\nroot: { handlers: [f] }\n`,
    );
    expect(cli.run(['check', 'writes.yaml']).status).toBe(0);
    expect(cli.run(['tree', 'writes.yaml']).stdout).not.toContain('made.log does');
    expect(cli.files()).not.toContain('made.log');
  });
});
