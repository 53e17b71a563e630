import http from 'node:http';
const app = { request: Object.create(http.IncomingMessage.prototype), response: Object.create(http.ServerResponse.prototype) };
if (process.argv[2] === 'warm') for (const k of ['request','response']) { class X {} ; }
const seen = {}; const check = (k, o) => { const s = seen[k] ??= { n: 0, same: 0 }; if (s.last) { s.n++; if (%HaveSameMap(s.last, o)) s.same++; } s.last = o; };
const server = http.createServer((req, res) => {
  check('req start', req); check('res start', res);

  check('req proto', req); check('res proto', res);
  req.next = () => {}; res.locals = {}; req.res = res; res.req = req;
  check('req next', req); check('res locals', res);
  res.end('x');
  check('res end', res);
});
server.listen(0, '127.0.0.1', async () => {
const port = server.address().port; const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
const get = () => new Promise(r => http.get({ port, path: '/hello', agent, host: '127.0.0.1' }, res => { res.resume(); res.on('end', r); }));
for (let i = 0; i < 300; i++) await Promise.all([get(), get(), get()]);
for (const [k, v] of Object.entries(seen)) console.log(k, v.n, v.same); process.exit(0); });
