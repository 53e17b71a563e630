import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter, getLogger, type LogRecord, makeLogRecord } from '../../lib/core.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { urlencode } from '../../lib/handlers/http/form-encode.js';
import { HTTPHandler, SocketHandler } from '../../lib/handlers.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

beforeEach(resetLogging);
afterEach(resetLogging);

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('Skipped: what Python sends and reads, since python3 is not there.');
const withPython = hasPython ? describe : describe.skip;

function python(script: string, input = ''): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const TEXT =
  '%(levelname)s %(name)s %(filename)s:%(lineno)d %(funcName)s %(process)d %(threadName)s %(message)s';

/** What is to be equal: everything that formats and fields show. */
function shown(record: LogRecord): unknown {
  const { created, msecs, relativeCreated, pathname, module, thread, processName } = record;
  const lines = [new Formatter({ format: TEXT }).format(record), new JsonFormatter().format(record)];
  return { lines, created, msecs, relativeCreated, pathname, module, thread, processName };
}

/** A record with all there can be, as a logger makes it. */
function fullRecord(): LogRecord {
  const seen = new ListHandler();
  const logger = getLogger('shop.orders');
  logger.propagate = false;
  logger.addHandler(seen);
  logger.error(
    'order %d of %s failed: 100%%',
    7,
    "Ada's",
    new Error('no funds', { cause: new Error('refused') }),
    {
      extra: { user: 'ada', amount: 12.5, tags: ['a', 'b'] },
      stackInfo: true,
    },
  );
  return seen.records[0] as LogRecord;
}

/** What a server gets of one record. */
async function received(format: 'json' | 'pickle'): Promise<{ sent: LogRecord; bytes: Buffer }> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (chunk) => chunks.push(chunk)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const handler = new SocketHandler({ host: '127.0.0.1', port, format });
  const sent = fullRecord();
  handler.handle(sent);
  await handler.flush();
  for (let wait = 0; wait < 100 && chunks.length === 0; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await handler.close();
  await new Promise((resolve) => server.close(resolve));
  return { sent, bytes: Buffer.concat(chunks).subarray(4) };
}

describe('what was sent is read back to an equal record', () => {
  it('as JSON of SocketHandler', async () => {
    const { sent, bytes } = await received('json');
    const record = makeLogRecord(JSON.parse(bytes.toString()));
    expect(shown(record)).toEqual(shown(sent));
    expect(Object.keys(record.extraFields()).sort()).toEqual(['amount', 'tags', 'user']);
  });

  it('as the form of HTTPHandler', () => {
    const sent = fullRecord();
    const handler = new HTTPHandler({ host: 'localhost:1', url: '/' });
    const form = new URLSearchParams(urlencode(handler.mapLogRecord(sent)));
    const record = makeLogRecord(Object.fromEntries(form));
    // Of fields, a form has no more than their text.
    const { lines, ...others } = shown(sent) as { lines: string[] };
    expect(shown(record)).toMatchObject(others);
    expect(new Formatter({ format: TEXT }).format(record)).toBe(lines[0]);
    expect(record.extraFields()).toEqual({ user: 'ada', amount: '12.5', tags: "['a', 'b']" });
    void handler.close();
  });

  it('as JSON of HTTPHandler', () => {
    const sent = fullRecord();
    const handler = new HTTPHandler({ host: 'localhost:1', url: '/', format: 'json' });
    const record = makeLogRecord(JSON.parse(JSON.stringify(handler.mapLogRecord(sent))));
    expect(shown(record)).toEqual(shown(sent));
    void handler.close();
  });

  it('as toDict', () => {
    const sent = fullRecord();
    expect(shown(makeLogRecord(sent.toDict()))).toEqual(shown(sent));
  });
});

withPython('with Python', () => {
  it('reads the pickle of SocketHandler, and what it read comes back equal', async () => {
    const { sent, bytes } = await received('pickle');
    const script = `
import sys, pickle, json, base64, logging
record = logging.makeLogRecord(pickle.loads(base64.b64decode(sys.stdin.read())))
formatted = logging.Formatter(${JSON.stringify(TEXT)}).format(record)
print(json.dumps([formatted, {k: v for k, v in record.__dict__.items() if k != 'message'}]))`;
    const [formatted, dict] = JSON.parse(python(script, bytes.toString('base64'))) as [string, object];
    expect(formatted).toBe(new Formatter({ format: TEXT, sanitize: 'none' }).format(sent));
    expect(shown(makeLogRecord(dict as Record<string, unknown>))).toEqual(shown(sent));
  });

  const log = `
import logging, json, pickle, sys, urllib.parse
import logging.handlers
seen = []
class Keep(logging.Handler):
    def emit(self, record): seen.append(record)
logger = logging.getLogger('shop'); logger.addHandler(Keep()); logger.propagate = False
try: 1 / 0
except ZeroDivisionError: logger.exception('order %d of %s', 7, "Ada's", extra={'user': 'ada'}, stack_info=True)
record = seen[0]
wanted = logging.Formatter(${JSON.stringify(TEXT)}).format(record)
record.exc_text = None; del record.message
`;

  it.each([
    [
      'pickle',
      "handler = logging.handlers.SocketHandler('x', 1); dict = pickle.loads(handler.makePickle(record)[4:])",
    ],
    ['JSON', 'logging.Formatter().format(record); dict = {**record.__dict__, "exc_info": None}'],
    [
      'form',
      "logging.Formatter().format(record); dict = {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlencode(logging.handlers.HTTPHandler('x', '/').mapLogRecord(record))).items()}",
    ],
  ])('reads what Python sends as %s', (_what, dict) => {
    const output = python(`${log}${dict}\nprint(json.dumps([wanted, dict]))`);
    const [wanted, attributes] = JSON.parse(output) as [string, Record<string, unknown>];
    const record = makeLogRecord(attributes);
    expect(new Formatter({ format: TEXT, sanitize: 'none' }).format(record)).toBe(wanted);
    expect(record.attribute('user')).toBe('ada');
    expect(record.extraFields()).not.toHaveProperty('exc_text');
  });
});

describe('exc_info of a received record', () => {
  it.each([
    ['an Error', { exc_info: new Error('boom') }, /^failed\nError: boom/],
    ['a text', { exc_info: 'ValueError: x' }, /^failed\nValueError: x$/],
    [
      'lines',
      { exc_info: ['Traceback:\n', '  x\n', 'ValueError: x\n'] },
      /^failed\nTraceback:\n\s+x\n\s*ValueError: x$/,
    ],
    [
      'one line beside exc_text',
      { exc_info: 'E: x', exc_text: 'Traceback\nE: x' },
      /^failed\nTraceback\n\s*E: x$/,
    ],
    ['true', { exc_info: true }, /^failed$/],
    ['null', { exc_info: null }, /^failed$/],
  ])('may be %s', (_what, attributes, expected) => {
    expect(new Formatter().format(makeLogRecord({ msg: 'failed', args: null, ...attributes }))).toMatch(
      expected,
    );
  });

  it('cannot reach a prototype', () => {
    const record = makeLogRecord(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "msg": "x"}'));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(record.getMessage()).toBe('x');
  });
});
