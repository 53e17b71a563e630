import { fork } from 'node:child_process'; import { openSync } from 'node:fs';
if (process.argv[2] === 'child') {
  await import('./http/keep-tmp.mjs');
  const { NestFactory } = await import('@nestjs/core'); const { VARIANTS } = await import('./http/variants-tmp.mjs'); const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  const variant = process.argv[3];
  if (variant.includes('@')) process.env.NOGUARD = '1';
  const { module, create, ready } = await VARIANTS[variant.split('@')[0]]();
  const app = await NestFactory.create(module, new FastifyAdapter(), create); await ready?.(app); await app.init(); const f = app.getHttpAdapter().getInstance(); await f.ready();
  const batch = () => Promise.all(Array.from({ length: 20 }, () => f.inject('/hello')));
  process.on('message', async (ms) => { const e = performance.now() + ms; let n = 0; const c = process.cpuUsage(); while (performance.now() < e) { await batch(); n += 20; } const d = process.cpuUsage(c); process.send((d.user + d.system) / n); });
  process.send('ready');
} else {
  const names = process.argv.slice(3); const rounds = +process.argv[2];
  const kids = [];
  for (const n of names) { const k = fork('./turns-tmp.mjs', ['child', n], { stdio: ['ignore', openSync('/tmp/out.' + n, 'w'), 'inherit', 'ipc'] }); await new Promise(r => k.once('message', r)); kids.push(k); }
  const slice = (k, ms) => new Promise(r => { k.once('message', r); k.send(ms); });
  for (let i = 0; i < 3; i++) for (const k of kids) await slice(k, 500);
  const got = names.map(() => []);
  for (let i = 0; i < rounds; i++) for (let j = 0; j < kids.length; j++) got[j].push(await slice(kids[j], 80));
  const q = (a, p) => [...a].sort((x, y) => x - y)[Math.floor(a.length * p)];
  names.forEach((n, j) => { const diff = got[j].map((x, i) => x - got[0][i]); console.log(n.padEnd(22), 'min', q(got[j], 0).toFixed(1), 'p25', q(got[j], .25).toFixed(1), 'added: p25', q(diff, .25).toFixed(1), 'med', q(diff, .5).toFixed(1)); });
  for (const k of kids) k.kill();
}
