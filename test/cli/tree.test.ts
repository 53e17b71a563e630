import { describe, expect, it } from '@jest/globals';
import { CommandLine } from '../support/command-line.js';
import { SHOP_LOGGING } from '../support/shop-logging.js';

describe('nestjs-logging tree', () => {
  const cli = new CommandLine({ 'logging.yaml': SHOP_LOGGING });

  it("shows the loggers as Python's logging_tree does, without secrets", () => {
    const { stdout, status } = cli.run(['tree', 'logging.yaml'], { env: { LOG_DIR: '/logs' } });
    expect(stdout).toBe(`<--""
   Level INFO
   Handler console: StreamHandler
     Level WARNING
     Formatter line: Formatter format="%(levelname)s %(message)s"
   Handler mail: SMTPHandler mailhost="mail" fromaddr="a@example.com" toaddrs=["b@example.com"] subject="failed" credentials=***
     Level CRITICAL
     Filter shop: Filter name="shop"
   |
   o<--[shop]
   |   |
   |   o   "shop.orders"
   |       Level DEBUG
   |       Propagate OFF
   |       Handler memory: MemoryHandler capacity=10 target="file"
   |         Filter production: RequireDebugFalse
   |         Handler file: RotatingFileHandler filename="/logs/shop.log" maxBytes=1000 backupCount=2
   |       |
   |       o<--"shop.orders.audit"
   |           Level NOTSET so inherits level DEBUG
   |
   o<--"web"
       Level ERROR
       Filter shop: Filter name="shop"
`);
    expect(status).toBe(0);
  });

  it('shows levels that the environment sets', () => {
    const { stdout } = cli.run(['tree', 'logging.yaml'], {
      env: { LOG_LEVEL: 'debug', LOG_LEVELS: 'web=info' },
    });
    expect(stdout).toContain('<--""\n   Level DEBUG');
    expect(stdout).toContain('o<--"web"\n       Level INFO');
  });

  it('starts from a root at WARNING, as a fresh program does', () => {
    cli.write('empty.json', '{ "version": 1, "loggers": { "a": {} } }');
    expect(cli.run(['tree', 'empty.json']).stdout).toBe(
      '<--""\n   Level WARNING\n   |\n   o<--"a"\n       Level NOTSET so inherits level WARNING\n',
    );
  });

  it('shows classes of the application by their names', () => {
    cli.write(
      'own.yaml',
      'version: 1\nhandlers: { a: { class: acme.AuditHandler, url: x } }\nroot: { handlers: [a] }\n',
    );
    const { stdout, stderr } = cli.run(['tree', 'own.yaml']);
    expect(stdout).toContain('Handler a: AuditHandler url="x"');
    expect(stderr).toContain('acme.AuditHandler is not known here');
  });

  it('prints JSON for other programs', () => {
    const root = JSON.parse(cli.run(['tree', 'logging.yaml', '--json']).stdout);
    expect(root).toMatchObject({
      name: '',
      level: 'INFO',
      handlers: [{ name: 'console' }, { name: 'mail' }],
    });
    expect(root.children[0].children[0]).toMatchObject({
      name: 'shop.orders',
      propagate: false,
      handlers: [{ name: 'memory', targets: ['file'] }],
    });
  });

  it('is in colour where that is asked for', () => {
    expect(cli.run(['tree', 'logging.yaml'], { env: { FORCE_COLOR: '1' } }).stdout).toContain('\x1b[');
    expect(cli.run(['tree', 'logging.yaml']).stdout).not.toContain('\x1b[');
  });

  it('reports the errors of a file it cannot show', () => {
    cli.write('bad.yaml', 'version: 1\nroot: { levle: INFO }\n');
    const { stdout, stderr, status } = cli.run(['tree', 'bad.yaml']);
    expect([stdout, status]).toEqual(['', 1]);
    expect(stderr).toContain('bad.yaml:2:9: root.levle: unknown key');
  });
});
