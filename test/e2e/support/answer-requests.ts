import { requestText } from './wire.js';

const form = [
  '--cut',
  'Content-Disposition: form-data; name="file"; filename="cat.txt"',
  'Content-Type: text/plain',
  '',
  'Tom',
  '--cut--',
  '',
].join('\r\n');
const json = { 'Content-Type': 'application/json' };
const multipart = { 'Content-Type': 'multipart/form-data; boundary=cut' };
const close = (path: string, headers?: Record<string, string>, method = 'GET', body?: string): string =>
  requestText({ path, method, ...(headers && { headers }), ...(body !== undefined && { body }) }, 'close');
const open = (path: string, method = 'GET'): string => requestText({ path, method }, 'keep-alive');

const simple = [
  'text',
  'json',
  'nothing',
  'long',
  'no-content',
  'redirect',
  'header',
  'missing/7',
  'broken',
  'file',
  'stream',
  'events',
  'written',
  'trailers',
  'hints',
  'piped',
  'cut',
  'hung-up',
  'twice',
  'late',
  'nowhere',
].map((name) => `/answers/${name}`);
const mounted = [
  '/helmet/page',
  '/compressed/page',
  '/session/count',
  '/limited/page',
  '/files/cat.txt',
  '/files/nowhere.txt',
  '/files/../../package.json',
  '/proxied/page',
  '/proxied/refused',
  '/other/page?x=1',
  '/v2/answers/versioned',
  '/v1/answers/versioned',
];

/** Requests as they go over the wire, by name; what is sent on one connection. */
export const wireRequests: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...simple, ...mounted].map((path) => [`GET ${path}`, close(path)])),
  ...Object.fromEntries(
    ['text', 'json', 'long', 'file', 'broken', 'written'].map((name) => [
      `HEAD ${name}`,
      close(`/answers/${name}`, {}, 'HEAD'),
    ]),
  ),
  ...Object.fromEntries(
    ['OPTIONS', 'DELETE', 'PUT', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY', 'NONSENSE'].map((method) => [
      `${method} of a route that takes GET`,
      close('/answers/text', {}, method),
    ]),
  ),
  'OPTIONS of everything': close('*', {}, 'OPTIONS'),
  'POST of JSON': close('/answers/echo', json, 'POST', '{"cat":"Tom"}'),
  'POST of JSON that is none': close('/answers/echo', json, 'POST', '{"cat":'),
  'POST of a form': close(
    '/answers/echo',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    'POST',
    'cat=Tom',
  ),
  'POST of too much': close('/answers/echo', json, 'POST', JSON.stringify('x'.repeat(1_200_000))),
  'POST in chunks':
    'POST /answers/echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n' +
    'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
  'POST in chunks that are none':
    'POST /answers/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST of a file': close('/upload/one', multipart, 'POST', form),
  'POST of a file that is too long': close(
    '/upload/one',
    multipart,
    'POST',
    form.replace('Tom', 'x'.repeat(200)),
  ),
  'Expect: 100-continue': close('/answers/echo', { ...json, Expect: '100-continue' }, 'POST', '{"a":1}'),
  'Expect of something else': close('/answers/echo', { ...json, Expect: 'wonders' }, 'POST', '{"a":1}'),
  'compressed, where that is accepted': close('/compressed/page', { 'Accept-Encoding': 'gzip' }),
  'compressed HEAD': close('/compressed/page', { 'Accept-Encoding': 'gzip' }, 'HEAD'),
  'a part of a file': close('/files/cat.txt', { Range: 'bytes=1-3' }),
  'a part of a file that is not there': close('/files/cat.txt', { Range: 'bytes=99-' }),
  'several parts of a file': close('/files/cat.txt', { Range: 'bytes=0-0,2-2' }),
  'a file that has not changed since': close('/files/cat.txt', {
    'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT',
  }),
  'a part of a file that has changed': close('/files/cat.txt', { Range: 'bytes=1-3', 'If-Range': '"other"' }),
  'an origin that is allowed': close('/answers/json', { Origin: 'http://cats.example' }),
  'an origin that is not': close('/answers/json', { Origin: 'http://dogs.example' }),
  'whether an origin may': close(
    '/answers/echo',
    { Origin: 'http://cats.example', 'Access-Control-Request-Method': 'POST' },
    'OPTIONS',
  ),
  'the order of what happens to an answer': open('/answers/ordered') + close('/answers/order'),
  'a malformed request behind others': `${open('/answers/late')}${open('/answers/broken')}GET\r\n\r\n`,
  'an answer that has not changed': close('/answers/json', {
    'If-None-Match': 'W/"22-Mf5ETOIf2h3pOJNzKgVCNCQ3MxU"',
  }),
  'HTTP/1.0': 'GET /answers/json HTTP/1.0\r\n\r\n',
  'HTTP/1.0 in pieces': 'GET /answers/stream HTTP/1.0\r\nHost: h\r\n\r\n',
  'HTTP/1.0 that is kept alive':
    'GET /answers/text HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /answers/json HTTP/1.0\r\n\r\n',
  'no Host': 'GET /answers/text HTTP/1.1\r\nConnection: close\r\n\r\n',
  'a whole URL': 'GET http://elsewhere.example/answers/text HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
  'a malformed path': close('/answers/missing/%FF'),
  'a malformed request': 'GET /answers/text\r\n\r\n',
  'too many headers': close('/answers/text', { 'X-Long': 'x'.repeat(40_000) }),
  'an upgrade that nobody takes':
    'GET /answers/text HTTP/1.1\r\nHost: h\r\nConnection: close, Upgrade\r\nUpgrade: cats\r\n\r\n',
  'an id that is malformed': close('/answers/text', { 'X-Request-Id': 'a b' }),
  'pipelined requests':
    ['/answers/late', '/answers/text', '/answers/stream', '/answers/broken', '/answers/nowhere']
      .map((path) => open(path))
      .join('') + close('/answers/json'),
  'requests on one connection that is limited':
    open('/limited/page') + open('/limited/page') + close('/limited/page'),
  'a request behind one whose body nobody reads':
    requestText({ path: '/answers/nowhere', method: 'POST', body: 'x'.repeat(5_000) }, 'keep-alive') +
    close('/answers/text'),
};

/** Paths that are asked for over HTTP/2 as well, and methods. */
export const http2Requests: readonly { readonly method: string; readonly path: string }[] = [
  ...[...simple, ...mounted]
    .filter((path) => !/proxied|other|cut|hung-up|twice/.test(path))
    .map((path) => ({ method: 'GET', path })),
  { method: 'HEAD', path: '/answers/text' },
  { method: 'HEAD', path: '/answers/long' },
  { method: 'POST', path: '/answers/echo' },
  { method: 'DELETE', path: '/answers/text' },
];
