/** With the module and without, whatever it is asked and whoever answers: the same bytes, but for the id. */
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpLogOptions } from '../../lib/nest/requests/http-log-options.js';
import { hasOpenssl, makeCertificates } from '../support/certificates.js';
import { type AnswerApplication, startAnswering } from './support/answer-application.js';
import { http2Requests, wireRequests } from './support/answer-requests.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';
import { send, sendSecurely } from './support/wire.js';

const tls = hasOpenssl ? makeCertificates() : undefined;
const tunings: readonly HttpLogOptions[] = [{}, { tuning: true }];
const kinds = [
  { platform: 'express', over: 'HTTP' },
  { platform: 'fastify', over: 'HTTP' },
  ...(tls === undefined
    ? []
    : [
        { platform: 'express', over: 'TLS' },
        { platform: 'fastify', over: 'TLS' },
      ]),
].flatMap(({ platform, over }) =>
  tunings.map((http) => ({
    platform: platform as 'express' | 'fastify',
    over,
    http,
    tuning: http.tuning === true ? 'with tuning' : 'without tuning',
  })),
);

/** What is another each time, whoever asks: times, and the seconds for which a client is limited. */
const VOLATILE: readonly [RegExp, string][] = [
  [/^date: .*\r\n/gim, ''],
  [/^expires: .*\r\n/gim, ''],
  [/; Expires=[^;\r]*/g, ''],
  [/\b(t|reset|retry-after|x-ratelimit-reset)([=:] ?)\d+/gi, '$1$2N'],
  [/("timestamp":)"[^"]*"/g, '$1""'],
];
const settled = (answer: string): string =>
  VOLATILE.reduce((text, [pattern, by]) => text.replace(pattern, by), answer);
const withoutId = (answer: string): string => answer.replace(/^x-request-id: .*\r\n/gim, '');

describe.each(kinds)('answers of $platform over $over $tuning', ({ platform, over, http }) => {
  const recorder = new Recorder();
  let bare: AnswerApplication;
  let logged: AnswerApplication;
  beforeAll(async () => {
    const options = { platform, tls: over === 'TLS' ? tls?.good : undefined };
    bare = await startAnswering({ ...options, imports: [] });
    logged = await startAnswering({ ...options, imports: [loggedModule(recorder, { http })] });
  });
  afterAll(async () => {
    await bare.close();
    await logged.close();
  });
  const ask = ({ port }: AnswerApplication, text: string): Promise<string> =>
    over === 'TLS' ? sendSecurely(port, text, tls?.ca.cert) : send(port, text);

  it.each(Object.entries(wireRequests))('are the same bytes: %s', async (_, text) => {
    const expected = settled(await ask(bare, text));
    const answer = settled(await ask(logged, text));
    expect(expected).toMatch(/^HTTP\/1\.[01] \d{3} /);
    expect(withoutId(answer)).toBe(expected);
  });

  it('have one id for each that an application gave', async () => {
    const answer = await ask(logged, wireRequests['pipelined requests'] as string);
    expect(answer.match(/^x-request-id: /gim)).toHaveLength(6);
  });
});

describe.each(tunings)('answers over HTTP/2 with %j', (http) => {
  const recorder = new Recorder();
  let bare: AnswerApplication;
  let logged: AnswerApplication;
  beforeAll(async () => {
    const options = { platform: 'fastify', http2: true } as const;
    bare = await startAnswering({ ...options, imports: [] });
    logged = await startAnswering({ ...options, imports: [loggedModule(recorder, { http })] });
  });
  afterAll(async () => {
    await bare.close();
    await logged.close();
  });

  it.each(http2Requests)('are the same: $method $path', async ({ method, path }) => {
    const expected = await askHttp2(bare.port, method, path);
    const { headers, ...rest } = await askHttp2(logged.port, method, path);
    const { 'x-request-id': id, ...others } = headers;
    expect(expected.headers[':status']).toBeGreaterThanOrEqual(200);
    expect({ headers: others, ...rest }).toEqual(expected);
    expect(id).toEqual(expect.any(String));
  });
});

interface Http2Answer {
  headers: IncomingHttpHeaders;
  hints: IncomingHttpHeaders[];
  trailers: IncomingHttpHeaders;
  body: string;
}

function askHttp2(port: number, method: string, path: string): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', reject);
    const stream = session.request({ ':path': path, ':method': method, 'content-type': 'application/json' });
    const answer: Http2Answer = { headers: {}, hints: [], trailers: {}, body: '' };
    stream.on('response', ({ date: _, ...headers }) => {
      for (const name of ['x-ratelimit-reset', 'expires', 'set-cookie']) {
        if (headers[name] !== undefined)
          (headers as Record<string, unknown>)[name] = settled(`${name}: ${headers[name]}`);
      }
      answer.headers = headers;
      // With Nest 11 the answer to a client of server-sent events does not end.
      if (String(headers['content-type']).startsWith('text/event-stream'))
        stream.setTimeout(700, () => stream.close());
    });
    stream.on('headers', (headers) => answer.hints.push(headers));
    stream.on('trailers', (trailers) => {
      answer.trailers = trailers;
    });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      answer.body = settled(Buffer.concat(chunks).toString());
      resolve(answer);
    });
    stream.end(method === 'POST' ? '{"cat":"Tom"}' : undefined);
  });
}
