/** Headers in every form that Node takes come out as they would without the module, and the request's id beside them. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Param, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { hasOpenssl, makeCertificates } from '../support/certificates.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';
import { requestText, send, sendSecurely } from './support/wire.js';

/** `writeHead` as JavaScript calls it. */
type AnyHead = (...args: unknown[]) => ServerResponse;

class OwnHeaders {
  readonly 'x-own' = '1';
  #secret = 'kept';
  get secret(): string {
    return this.#secret;
  }
}

const head = (response: ServerResponse, ...args: unknown[]): ServerResponse =>
  (response.writeHead as AnyHead)(...args);
const shared: OutgoingHttpHeaders = Object.freeze({ 'X-Shared': 'yes' });

const forms: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  'no headers': (response) => head(response, 200),
  'a reason': (response) => head(response, 200, 'Fine'),
  'a reason and nothing': (response) => head(response, 200, 'Fine', undefined),
  'an object': (response) => head(response, 201, { 'Content-Type': 'text/plain', 'X-Cat': 'Tom' }),
  'an object that is frozen': (response) => head(response, 200, shared),
  'an object without prototype': (response) =>
    head(response, 200, Object.assign(Object.create(null), shared)),
  'an object with lists': (response) => head(response, 200, { 'Set-Cookie': ['a=1', 'b=2'] }),
  'an object with names in two cases': (response) => head(response, 200, { 'X-Cat': 'Tom', 'x-cat': 'Tim' }),
  'a reason and an object': (response) => head(response, 200, 'Fine', { 'X-Cat': 'Tom' }),
  'an object as third, nothing as second': (response) => head(response, 200, undefined, { 'X-Cat': 'Tom' }),
  'an object as second, nothing as third': (response) =>
    head(response, 200, { 'Set-Cookie': ['a=1'] }, undefined),
  'an object of a class': (response) => head(response, 200, new OwnHeaders()),
  Headers: (response) => head(response, 200, new Headers({ 'x-cat': 'Tom' })),
  'a Map': (response) => head(response, 200, new Map([['x-cat', 'Tom']])),
  'a list': (response) => head(response, 200, ['X-Cat', 'Tom', 'Content-Type', 'text/plain']),
  'a list with names twice': (response) =>
    head(response, 200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Via', '1', 'via', '2']),
  'a reason and a list with names twice': (response) =>
    head(response, 200, 'Fine', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']),
  'a list as second, null as third': (response) =>
    head(response, 200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'], null),
  'an empty list': (response) => head(response, 200, []),
  'a list that lacks a value': (response) => head(response, 200, ['X-Cat']),
  pairs: (response) =>
    head(response, 200, [
      ['X-Cat', 'Tom'],
      ['Content-Type', 'text/plain'],
    ]),
  'pairs with names twice': (response) =>
    head(response, 200, [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Cat', 'Tom'],
    ]),
  'a value that is none': (response) => head(response, 200, { 'X-Cat': undefined }),
  'a name that is none': (response) => head(response, 200, { 'X Cat': 'Tom' }),
  'a status that is none': (response) => head(response, 1_000, { 'X-Cat': 'Tom' }),
  'a head that is written twice': (response) => {
    head(response, 200, { 'X-Cat': 'Tom' });
    return head(response, 500);
  },
  'setHeader and a list': (response) => {
    response.setHeader('X-Cat', 'Tom');
    return head(response, 200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
  },
  'setHeader and pairs': (response) => {
    response.setHeader('X-Cat', 'Tom');
    return head(response, 200, [['Set-Cookie', 'a=1']]);
  },
  'setHeader and an object': (response) => {
    response.setHeader('X-Cat', ['Tom', 'Tim']);
    return head(response, 200, { 'x-dog': 'Rex' });
  },
  'setHeader alone': (response) => response.setHeader('Set-Cookie', ['a=1', 'b=2']),
  'appendHeader twice': (response) => response.appendHeader('X-Cat', 'Tom').appendHeader('X-Cat', 'Tim'),
  'setHeaders with Headers': (response) => {
    const headers = new Headers({ 'x-cat': 'Tom' });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    return response.setHeaders(headers);
  },
  'setHeaders with a Map': (response) => response.setHeaders(new Map([['X-Cat', 'Tom']])),
  'a header that is taken back': (response) => {
    response.setHeader('X-Cat', 'Tom');
    response.removeHeader('X-Cat');
    return head(response, 200, { 'Set-Cookie': ['a=1', 'b=2'] });
  },
  'headers that are flushed': (response) => {
    response.setHeader('X-Cat', 'Tom');
    return response.flushHeaders();
  },
  'early hints first': (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    return head(response, 200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
  },
  'processing first': (response) => {
    if ('stream' in response) return undefined;
    response.writeProcessing();
    return head(response, 200, { 'X-Cat': 'Tom' });
  },
  'no body': (response) => head(response, 204, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']),
};

/** Answers that have an id of their own, in each form. */
const ownIds: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  'set before': (response) => response.setHeader('X-Request-Id', 'own'),
  'in an object': (response) => head(response, 200, { 'X-Request-ID': 'own' }),
  'in a list': (response) => head(response, 200, ['X-Request-ID', 'own']),
  'in pairs': (response) => head(response, 200, [['X-Request-ID', 'own']]),
  appended: (response) => response.appendHeader('x-request-id', 'own'),
};

const all = { ...forms, ...ownIds };
const isFastify = (reply: unknown): reply is { raw: ServerResponse; hijack(): void } =>
  typeof (reply as { hijack?: unknown }).hijack === 'function';

@Controller()
class FormsController {
  @Get(':form')
  answer(@Param('form') form: string, @Res() platformResponse: ServerResponse): void {
    if (isFastify(platformResponse)) platformResponse.hijack();
    const response = isFastify(platformResponse) ? platformResponse.raw : platformResponse;
    let text = 'ok';
    try {
      all[form]?.(response);
    } catch (error) {
      text = String(error);
      if (!response.headersSent) response.statusCode = 500;
    }
    response.end(text);
  }
}

/** Text from which what differs from one time to the next is taken out. */
const withoutTime = (answer: string): string => answer.replace(/^date: .*\r\n/gim, '');
const withoutId = (answer: string): string => answer.replace(/^x-request-id: given-1\r\n/gim, '');
const pathOf = (form: string): string => `/${encodeURIComponent(form)}`;
const text = (form: string): string =>
  requestText({ path: pathOf(form), headers: { 'X-Request-Id': 'given-1' } }, 'close');

const { good, ca } = hasOpenssl ? makeCertificates() : { good: undefined, ca: undefined };
const fastify = (options: object = {}): FastifyAdapter =>
  new FastifyAdapter({ forceCloseConnections: true, ...options });

const sendWithTls = (port: number, text: string): Promise<string> => sendSecurely(port, text, ca?.cert);

const servers = [
  { name: 'Express', createAdapter: () => new ExpressAdapter(), send, hidesPower: false },
  {
    name: 'Express without x-powered-by',
    createAdapter: () => new ExpressAdapter(),
    send,
    hidesPower: true,
  },
  { name: 'Fastify', createAdapter: () => fastify(), send },
  ...(hasOpenssl
    ? [
        { name: 'Fastify with TLS', createAdapter: () => fastify({ https: good }), send: sendWithTls },
        {
          name: 'Fastify with HTTP/2, asked by HTTP/1',
          createAdapter: () => fastify({ http2: true, https: { ...good, allowHTTP1: true } }),
          send: sendWithTls,
        },
      ]
    : []),
];

async function start(
  createAdapter: () => unknown,
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
  hidesPower = false,
): Promise<INestApplication> {
  class App {}
  Module({ imports, controllers: [FormsController] })(App);
  const app = await NestFactory.create(App, createAdapter() as ExpressAdapter, { logger: false });
  if (hidesPower) (app as NestExpressApplication).disable('x-powered-by');
  await app.listen(0, '127.0.0.1');
  return app;
}
const portOf = (app: INestApplication): number => (app.getHttpServer().address() as AddressInfo).port;

describe.each(servers)('headers on $name', ({ createAdapter, send: ask, hidesPower }) => {
  const recorder = new Recorder();
  let bare: INestApplication;
  let logged: INestApplication;
  beforeAll(async () => {
    bare = await start(createAdapter, [], hidesPower);
    logged = await start(createAdapter, [loggedModule(recorder)], hidesPower);
  });
  afterAll(async () => {
    await bare.close();
    await logged.close();
  });

  it.each(Object.keys(forms))('come out as without the module, with the id: %s', async (form) => {
    const expected = withoutTime(await ask(portOf(bare), text(form)));
    const answer = withoutTime(await ask(portOf(logged), text(form)));
    expect(expected).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect(withoutId(answer)).toBe(expected);
    expect(answer.match(/^x-request-id: .*$/gim)).toEqual(['x-request-id: given-1']);
  });

  // Where Express has set a header before, Node refuses pairs.
  const possible = Object.keys(ownIds).filter((form) => form !== 'in pairs' || hidesPower !== false);
  it.each(possible)('have the id that the application chose: %s', async (form) => {
    const expected = withoutTime(await ask(portOf(bare), text(form)));
    expect(withoutTime(await ask(portOf(logged), text(form)))).toBe(expected);
    expect(expected).toMatch(/^x-request-id: own\r$/im);
  });
});

describe('headers on Fastify with HTTP/2', () => {
  const recorder = new Recorder();
  let bare: INestApplication;
  let logged: INestApplication;
  beforeAll(async () => {
    bare = await start(() => fastify({ http2: true }), []);
    logged = await start(() => fastify({ http2: true }), [loggedModule(recorder)]);
  });
  afterAll(async () => {
    await bare.close();
    await logged.close();
  });

  function ask(app: INestApplication, form: string): Promise<{ headers: IncomingHttpHeaders; body: string }> {
    return new Promise((resolve, reject) => {
      const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${portOf(app)}`);
      const stream = session.request({ ':path': pathOf(form), 'x-request-id': 'given-1' });
      let headers: IncomingHttpHeaders = {};
      let body = '';
      stream.on('response', (all) => {
        const { date: _, ...others } = all;
        headers = others;
      });
      stream.on('data', (chunk) => {
        body += String(chunk);
      });
      stream.on('error', reject);
      stream.on('close', () => {
        session.close();
        resolve({ headers, body });
      });
    });
  }

  it.each(Object.keys(forms))('come out as without the module, with the id: %s', async (form) => {
    const expected = await ask(bare, form);
    const answer = await ask(logged, form);
    expect(expected.headers[':status']).toBeGreaterThan(0);
    const { 'x-request-id': id, ...others } = answer.headers;
    expect(id).toBe('given-1');
    expect({ ...answer, headers: others }).toEqual(expected);
  });

  it.each(Object.keys(ownIds))('have the id that the application chose: %s', async (form) => {
    expect(await ask(logged, form)).toEqual(await ask(bare, form));
    expect((await ask(logged, form)).headers['x-request-id']).toBe('own');
  });
});
