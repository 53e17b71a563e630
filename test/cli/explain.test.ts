import { describe, expect, it } from '@jest/globals';
import { CommandLine } from '../support/command-line.js';
import { SHOP_LOGGING } from '../support/shop-logging.js';

describe('nestjs-logging explain', () => {
  const cli = new CommandLine({ 'logging.yaml': SHOP_LOGGING });
  const explain = (logger: string, level: string) =>
    cli.run(['explain', 'logging.yaml', logger, level]).stdout;

  it('follows a record up to the root', () => {
    expect(explain('shop', 'critical')).toBe(`A record of "shop" at CRITICAL:
  the configuration does not name the logger
  its level is INFO, that of the root logger: the record is made
  at the root logger
    ✓ console (StreamHandler): with the formatter "line"
    ✓ mail (SMTPHandler): as the bare message
  not at all
    ✗ file (RotatingFileHandler): only the handler "memory" passes records to it
    ✗ memory (MemoryHandler): it is at "shop.orders"
`);
  });

  it('shows where it stops, what depends on a filter, and who passes it on', () => {
    expect(explain('shop.orders.audit', 'DEBUG')).toBe(`A record of "shop.orders.audit" at DEBUG:
  its level is DEBUG, that of "shop.orders": the record is made
  at "shop.orders"
    ? memory (MemoryHandler): if the filter "production" (RequireDebugFalse) lets it pass
    ? file (RotatingFileHandler): passed on by "memory"
  "shop.orders" does not propagate: it goes no further
  not at all
    ✗ console (StreamHandler): it is at the root logger, and "shop.orders" does not propagate
    ✗ mail (SMTPHandler): it is at the root logger, and "shop.orders" does not propagate
`);
  });

  it.each([
    ['the level of the logger', 'web', 'WARNING', 'its level is ERROR, its own: the record is not made'],
    ['a filter of the logger', 'web', 'ERROR', 'its filter "shop" lets only records of "shop" pass'],
    ['the level of a handler', 'shop', '20', '✗ console (StreamHandler): its level is WARNING'],
    [
      'a filter of a handler',
      'other',
      '50',
      '✗ mail (SMTPHandler): its filter "shop" lets only records of "shop" pass',
    ],
  ])('names %s as the reason', (_, logger, level, reason) => {
    expect(explain(logger, level)).toContain(reason);
  });

  it('follows a target that is set as a property', () => {
    cli.write(
      'property.yaml',
      `version: 1
handlers:
  console: { class: logging.StreamHandler }
  memory: { class: logging.handlers.MemoryHandler, capacity: 10, '.': { target: cfg://handlers.console } }
root: { level: INFO, handlers: [memory] }
`,
    );
    expect(cli.run(['explain', 'property.yaml', 'root', 'INFO']).stdout).toContain(`
    ✓ memory (MemoryHandler): passes it on
    ✓ console (StreamHandler): passed on by "memory"`);
  });

  it('knows the last resort', () => {
    cli.write('bare.yaml', 'version: 1\nroot: { level: INFO }\n');
    expect(cli.run(['explain', 'bare.yaml', 'root', 'ERROR']).stdout).toContain('as the last resort');
    expect(cli.run(['explain', 'bare.yaml', 'root', 'INFO']).stdout).toContain(
      'the last resort begins at WARNING',
    );
  });

  it('prints JSON for other programs', () => {
    const { stdout } = cli.run(['explain', 'logging.yaml', 'shop', '40', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      logger: 'shop',
      level: 40,
      isEnabled: true,
      way: [
        { logger: 'shop', handlers: [] },
        {
          logger: '',
          handlers: [
            { handler: 'console', verdict: 'yes' },
            { handler: 'mail', verdict: 'no' },
          ],
        },
      ],
    });
  });

  it('refuses a level that is none', () => {
    const { stderr, status } = cli.run(['explain', 'logging.yaml', 'shop', 'loud']);
    expect(stderr).toContain("unknown level 'loud'");
    expect(status).toBe(1);
  });
});
