import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { RedactionFilter } from '../../lib/filters/redaction.filter.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { LogfmtFormatter } from '../../lib/formatters/logfmt.formatter.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import {
  anyPlacements,
  type Logged,
  type Placement,
  plainSecrets,
  textPlacements,
  wildSecrets,
} from '../support/secret-placements.js';
import { collectStderr } from '../support/stderr-collector.js';

const SECRETS = 500;
let stderr: ReturnType<typeof collectStderr>;
let logger: ReturnType<typeof getLogger>;
let handlers: ListHandler[];

beforeEach(() => {
  resetLogging();
  stderr = collectStderr();
  setUp();
});
afterEach(() => void stderr.stop());

/** Logs through three formatters; gives all that came out, standard error included. */
function logAll([msg, ...args]: Logged): string {
  for (const handler of handlers) handler.lines.length = 0;
  const before = stderr.text.length;
  logger.info(msg, ...args);
  return [...handlers.flatMap((handler) => handler.lines), stderr.text.slice(before)].join('\n');
}

function setUp(): void {
  logger = getLogger('shop');
  logger.setLevel('DEBUG');
  logger.propagate = false;
  const filter = new RedactionFilter();
  handlers = [
    new ListHandler({ formatter: new JsonFormatter({ exception: 'object' }), filters: [filter] }),
    new ListHandler({ formatter: new LogfmtFormatter(), filters: [filter] }),
    new ListHandler({ formatter: new Formatter({ format: '%(message)s' }), filters: [filter] }),
  ];
  for (const handler of handlers) logger.addHandler(handler);
}

/** The secret itself, as JSON writes it, and in Base64: however it may come out. */
function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(secret), secret.slice(-8)];
}

function leaksOf(placement: Placement, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => {
    const text = logAll(placement(secret));
    return formsOf(secret).some((form) => text.includes(form));
  });
}

/** All there is to see of what is logged, hidden and inherited parts included. */
function lookOf(logged: Logged): string {
  return inspect(logged, {
    depth: 20,
    showHidden: true,
    showProxy: true,
    getters: true,
    maxStringLength: null,
  });
}

describe('no secret comes out', () => {
  it.each(Object.entries(anyPlacements))('of %s', (_name, placement) => {
    expect(leaksOf(placement, wildSecrets(SECRETS))).toEqual([]);
  });

  it.each(Object.entries(textPlacements))('of %s, in a text', (_name, placement) => {
    expect(leaksOf(placement, plainSecrets(SECRETS))).toEqual([]);
  });

  it.each(Object.entries({ ...anyPlacements, ...textPlacements }))(
    'and what was logged is not changed: %s',
    (_name, placement) => {
      for (const secret of plainSecrets(20)) {
        const logged = placement(secret);
        const before = lookOf(logged);
        logAll(logged);
        expect(lookOf(logged)).toBe(before);
      }
    },
  );

  it('and each of these places does show it without the filter', () => {
    const [secret] = plainSecrets(1) as [string];
    for (const handler of handlers) handler.filters = [];
    const hidden = Object.entries({ ...anyPlacements, ...textPlacements })
      .filter(([, placement]) => !formsOf(secret).some((form) => logAll(placement(secret)).includes(form)))
      .map(([name]) => name);
    // In Base64, or where these three formatters happen not to look.
    expect(hidden).toEqual([
      'an own field of an error',
      'a field of an error in a field',
      'basic credentials',
      'a buffer',
    ]);
  });
});
