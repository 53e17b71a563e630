import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter } from '../../lib/core/formatter.js';
import { getLogger } from '../../lib/core/manager.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { LogfmtFormatter } from '../../lib/formatters/logfmt.formatter.js';
import { formatTraceback } from '../../lib/core/traceback.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { anyPlacements, type Logged, type Placement, plainSecrets, textPlacements, wildSecrets } from '../support/secret-placements.js';
import { collectStderr } from '../support/stderr-collector.js';

const SECRETS = 500;
let stderr: ReturnType<typeof collectStderr>;

beforeEach(() => {
  resetLogging();
  stderr = collectStderr();
});
afterEach(() => void stderr.stop());

/** Logs through three formatters; gives all that came out, standard error included. */
function logAll(logged: readonly Logged[]): string {
  const logger = getLogger('shop');
  logger.setLevel('DEBUG');
  logger.propagate = false;
  const filter = new RedactionFilter();
  const handlers = [
    new ListHandler({ formatter: new JsonFormatter({ exception: 'object' }), filters: [filter] }),
    new ListHandler({ formatter: new LogfmtFormatter(), filters: [filter] }),
    new ListHandler({ formatter: new Formatter({ format: '%(message)s' }), filters: [filter] }),
  ];
  for (const handler of handlers) logger.addHandler(handler);
  for (const [msg, ...args] of logged) logger.info(msg, ...args);
  return [...handlers.flatMap((handler) => handler.lines), stderr.text].join('\n');
}

/** The secret itself, as JSON writes it, and in Base64: however it may come out. */
function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(secret), secret.slice(-8)];
}

function leaksOf(placement: Placement, secrets: readonly string[]): string[] {
  const text = logAll(secrets.map((secret) => placement(secret)));
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
}

describe('no secret comes out', () => {
  it.each(Object.entries(anyPlacements))('of %s', (_name, placement) => {
    expect(leaksOf(placement, wildSecrets(SECRETS))).toEqual([]);
  });

  it.each(Object.entries(textPlacements))('of %s, in a text', (_name, placement) => {
    expect(leaksOf(placement, plainSecrets(SECRETS))).toEqual([]);
  });

  it('and there is something to leak in all of these places', () => {
    const [secret] = plainSecrets(1) as [string];
    for (const placement of [...Object.values(anyPlacements), ...Object.values(textPlacements)]) {
      const [msg, ...args] = placement(secret);
      const handler = new ListHandler({ formatter: new JsonFormatter({ exception: 'object' }) });
      const logger = getLogger('plain');
      logger.propagate = false;
      logger.handlers.length = 0;
      logger.addHandler(handler);
      logger.error(msg, ...args);
      const found = handler.records.map((record) => `${handler.lines}${formatTraceback(record.excInfo)}${record.args}`);
      expect([...found, stderr.text].join().length).toBeGreaterThan(secret.length);
    }
  });
});
