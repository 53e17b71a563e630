import http from 'node:http';
const app = { request: Object.create(http.IncomingMessage.prototype), response: Object.create(http.ServerResponse.prototype) };
const mode = process.argv[2];
const seen = {}; const check = (k, o) => { const s = seen[k] ??= { n: 0, same: 0 }; if (s.last) { s.n++; if (%HaveSameMap(s.last, o)) s.same++; } s.last = o; };
const server = http.createServer((req, res) => {
  if (mode.includes('q')) Object.setPrototypeOf(req, app.request); if (mode.includes('s')) Object.setPrototypeOf(res, app.response);
  if (mode.includes('p')) { req.next = () => {}; res.locals = {}; req.res = res; res.req = req; }
  res.on('close', () => { check('req', req); check('res', res); });
  res.end('x');
});
server.listen(0, '127.0.0.1', async () => {
const port = server.address().port; const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const get = () => new Promise(r => http.get({ port, path: '/hello', agent, host: '127.0.0.1' }, res => { res.resume(); res.on('end', r); }));
for (let i = 0; i < 300; i++) await get();
for (const [k, v] of Object.entries(seen)) console.log(mode, k, v.n, v.same); process.exit(0); });
