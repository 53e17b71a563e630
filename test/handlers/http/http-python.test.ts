import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeLogRecord } from '../../../lib/core/records/record-factory.js';
import { HTTPHandler } from '../../../lib/handlers/http/http.handler.js';
import { HttpSink } from '../../support/http-sink.js';
import { hasPython } from '../../support/live-python.js';

const describeWithPython = hasPython ? describe : describe.skip;

/** The same record for both; what only a process knows is given. */
const attributes = {
  ...{ name: 'shop.orders', msg: "it's 100%% — %s & é", args: [1, 'a b', null, true, [1.5, "x'y"]] },
  ...{ levelname: 'WARNING', levelno: 30, pathname: '/srv/shop/pay.py', filename: 'pay.py', module: 'pay' },
  ...{ lineno: 12, funcName: 'pay', created: 1_700_000_000.25, msecs: 250, relativeCreated: 1000 },
  ...{ thread: 5, threadName: 'MainThread', processName: 'MainProcess', process: 77 },
};
const extra = {
  user: 'ada',
  tags: ['x', 1, { deep: false }],
  nothing: null,
  flag: true,
  ratio: 1e-7,
  'a&b=c': '?#~*()!',
};

const SEND = `
import json, sys, logging, logging.handlers
case = json.loads(sys.argv[1])
attributes = dict(case["attributes"])
attributes["args"] = tuple(attributes["args"])
for name in ("created", "msecs", "relativeCreated"): attributes[name] = float(attributes[name])
record = logging.LogRecord("", 0, "", 0, "", (), None)
record.__dict__.update(attributes)
record.__dict__.update(case["extra"])
credentials = case["credentials"] and tuple(case["credentials"])
logging.handlers.HTTPHandler(case["host"], case["url"], method=case["method"], credentials=credentials).handle(record)
`;

const SERVE = `
import http.server, json, urllib.parse
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self): self.answer(self.rfile.read(int(self.headers["Content-length"])).decode("ascii"))
    def do_GET(self): self.answer(urllib.parse.urlsplit(self.path).query)
    def answer(self, form):
        self.send_response(200); self.send_header("Content-length", "0"); self.end_headers()
        print(json.dumps(urllib.parse.parse_qs(form, keep_blank_values=True, strict_parsing=True)), flush=True)
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
`;

describeWithPython('HTTPHandler beside that of CPython', () => {
  let sink: HttpSink;
  afterEach(() => sink.close());

  it.each([
    ['GET', '/log', null],
    ['GET', '/log?from=here', ['ada', 'sécret']],
    ['POST', '/log', null],
    ['POST', '/log?from=here', ['ada', 'sécret']],
  ] as const)('sends the same: %s %s, credentials %j', async (method, url, credentials) => {
    sink = await new HttpSink().listen();
    const given = { attributes, extra, host: sink.host, url, method, credentials };
    const python = spawn('python3', ['-c', SEND, JSON.stringify(given)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [status] = (await once(python, 'exit')) as [number];
    expect(status).toBe(0);
    const http = new HTTPHandler({ host: sink.host, url, method, credentials });
    http.handle(makeLogRecord({ ...attributes, ...extra }));
    await http.close();
    const [theirs, ours] = sink.requests;
    const form = method === 'GET' ? 'url' : 'body';
    expect(withoutTaskName(ours?.[form])).toBe(withoutTaskName(theirs?.[form]));
    expect([ours?.method, ours?.url.split('?')[0]]).toEqual([theirs?.method, theirs?.url.split('?')[0]]);
    for (const header of ['Host', 'Content-type', 'Authorization']) {
      expect(headerValue(ours?.rawHeaders, header)).toBe(headerValue(theirs?.rawHeaders, header));
    }
    expect(headerValue(ours?.rawHeaders, 'Content-length')).toBe(
      method === 'GET' ? undefined : String(ours?.body.length),
    );
  });
});

/** CPython has the attribute since 3.12. */
function withoutTaskName(form: string | undefined): string | undefined {
  return form?.replace('&taskName=None', '');
}

function headerValue(rawHeaders: readonly string[] | undefined, name: string): string | undefined {
  const at = rawHeaders?.indexOf(name) ?? -1;
  return at < 0 ? undefined : rawHeaders?.[at + 1];
}

describeWithPython("HTTPHandler and Python's web server", () => {
  let server: ChildProcessWithoutNullStreams | undefined;
  afterEach(() => {
    server?.kill();
  });

  it.each(['GET', 'POST'] as const)('is read by parse_qs: %s', async (method) => {
    server = spawn('python3', ['-c', SERVE]);
    const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const http = new HTTPHandler({ host: `127.0.0.1:${port}`, url: '/', method });
    http.handle(makeLogRecord({ ...attributes, ...extra, excInfo: new TypeError('a=b&c') }));
    await http.close();
    const form = JSON.parse((await lines.next()).value as string) as Record<string, string[]>;
    expect(form).toMatchObject({
      ...{ name: ['shop.orders'], msg: [attributes.msg], levelno: ['30'], created: ['1700000000.25'] },
      ...{
        args: [`(1, 'a b', None, True, [1.5, "x'y"])`],
        tags: ["['x', 1, {'deep': False}]"],
        msecs: ['250.0'],
      },
      ...{ nothing: ['None'], flag: ['True'], ratio: ['1e-07'], 'a&b=c': ['?#~*()!'] },
      ...{ exc_info: ['TypeError: a=b&c'], exc_text: [expect.stringContaining('TypeError: a=b&c\n')] },
    });
  });
});
