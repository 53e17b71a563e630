import { afterAll, describe, expect, it } from '@jest/globals';
import type { Handler } from '../../../lib/core/handler.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { getLoggingErrors } from '../../../lib/core/reports/error-reports.js';
import { HTTPHandler } from '../../../lib/handlers/http/http.handler.js';
import { SMTPHandler } from '../../../lib/handlers/mail/smtp.handler.js';
import { SocketHandler } from '../../../lib/handlers/network/socket.handler.js';
import { RelpHandler } from '../../../lib/handlers/syslog/relp/relp.handler.js';
import { SysLogHandler } from '../../../lib/handlers/syslog/syslog.handler.js';
import { freePort } from '../../support/free-port.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const open: Handler[] = [];
// All at once: each waits for its server until its patience ends.
afterAll(async () => {
  const collected = collectStderr();
  await Promise.all(open.splice(0).map((handler) => handler.close()));
  collected.stop();
});

/** What is said of a record that cannot be delivered: the line of the report, and the error as code sees it. */
async function errorOf(
  handler: Handler,
): Promise<{ line: string; message: string; code: string | undefined }> {
  open.push(handler);
  const collected = collectStderr();
  const before = getLoggingErrors().length;
  handler.handle(new LogRecord({ levelno: 20, msg: 'nobody is there' }));
  while (getLoggingErrors().length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  const text = collected.stop();
  const { message = '', code } = getLoggingErrors().at(-1) ?? {};
  const line = text.split('\n').find((one) => one.includes('DeliveryFailure: ')) ?? '';
  return { line, message, code };
}

describe('the error of a handler whose server is away', () => {
  const handlers: Record<string, (port: number) => Handler> = {
    SocketHandler: (port) => new SocketHandler({ host: '127.0.0.1', port }),
    SysLogHandler: (port) => new SysLogHandler({ address: ['127.0.0.1', port], socktype: 'tcp' }),
    RelpHandler: (port) => new RelpHandler({ address: ['127.0.0.1', port] }),
    HTTPHandler: (port) => new HTTPHandler({ host: `127.0.0.1:${port}`, url: '/logs?token=hunter2' }),
    SMTPHandler: (port) =>
      new SMTPHandler({
        mailhost: ['127.0.0.1', port],
        fromaddr: 'shop@example.com',
        toaddrs: ['admin@example.com'],
        subject: 'shop',
        credentials: ['shop', 'hunter2'],
      }),
  };

  it.each(Object.entries(handlers))(
    'names host, port and reason in its one line: %s',
    async (_name, make) => {
      const port = await freePort();
      const { line, message } = await errorOf(make(port));
      for (const text of [line, message]) {
        expect(text).toContain(`127.0.0.1:${port}`);
        expect(text).toContain('ECONNREFUSED');
        expect(text).not.toContain('hunter2');
      }
    },
    20_000,
  );

  it('names the host as it was configured, also where it has several addresses', async () => {
    const port = await freePort();
    const { message, code } = await errorOf(new SocketHandler({ host: 'localhost', port }));
    expect(message).toMatch(new RegExp(`^localhost:${port}: .*ECONNREFUSED`));
    expect(code).toBe('ECONNREFUSED');
  }, 20_000);

  it('names the path of a unix socket', async () => {
    const path = folder.file('nobody.sock');
    const { message } = await errorOf(new SysLogHandler({ address: path, socktype: 'tcp' }));
    expect(message).toContain(path);
    expect(message).toContain('ENOENT');
  }, 20_000);
});
