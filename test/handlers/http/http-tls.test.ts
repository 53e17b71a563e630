import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { HTTPHandler } from '../../../lib/handlers/http/http.handler.js';
import type { HTTPHandlerOptions } from '../../../lib/handlers/http/http-options.js';
import {
  type Certificate,
  type Certificates,
  hasOpenssl,
  makeCertificates,
} from '../../support/certificates.js';
import { HttpSink } from '../../support/http-sink.js';
import { collectStderr } from '../../support/stderr-collector.js';

const record = new LogRecord({ name: 'shop', levelno: 20, msg: 'paid' });
let certificates: Certificates;
let sink: HttpSink;
let http: HTTPHandler;

const describeWithTls = hasOpenssl ? describe : describe.skip;

describeWithTls('HTTPHandler over TLS', () => {
  const stderr = collectStderr();

  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => {
    stderr.stop();
  });
  afterEach(async () => {
    await sink.close();
  });

  async function send(server: Certificate, options: Partial<HTTPHandlerOptions>): Promise<string> {
    sink = await new HttpSink(server).listen();
    const host = `localhost:${sink.port}`;
    http = new HTTPHandler({ host, url: '/', secure: true, method: 'POST', maxRetries: 0, ...options });
    const before = stderr.text.length;
    http.handle(record);
    await http.flush();
    await http.close();
    // Reports of one handler come at most every 10 s; this one is its first.
    return stderr.text.slice(before);
  }

  it('sends to a server whose authority it is configured to trust', async () => {
    await send(certificates.good, { context: { ca: certificates.ca.cert } });
    expect(sink.requests).toHaveLength(1);
    expect(http.stats.delivered).toBe(1);
  });

  it.each([
    ['by an authority nobody knows', 'good', false, /unable to verify|unable to get local issuer/],
    ['that it signed itself', 'selfSigned', true, /self-signed certificate/],
    ['for another name', 'wrongName', true, /does not match certificate's altnames/],
    ['that is over', 'expired', true, /certificate has expired/],
  ] as const)('refuses a server with a certificate %s', async (_, name, trusts, reason) => {
    const context = trusts ? { ca: certificates.ca.cert } : null;
    const report = await send(certificates[name], { context });
    expect(sink.requests).toHaveLength(0);
    expect(http.stats).toMatchObject({ delivered: 0, dropped: 1 });
    expect(report).toMatch(reason);
  });

  it('takes any certificate with insecure: true, and warns of it', async () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await send(certificates.selfSigned, { insecure: true });
    const [text, details] = (emitWarning.mock.calls as unknown[][])[0] ?? [];
    emitWarning.mockRestore();
    expect(sink.requests).toHaveLength(1);
    expect(text).toBe(
      `HTTPHandler does not verify the certificate of localhost:${sink.port} (insecure: true)`,
    );
    expect(details).toMatchObject({ code: 'LOGGING_INSECURE_TLS' });
  });
});
