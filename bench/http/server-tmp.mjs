import './keep-tmp.mjs';
/** One variant of the application on one platform. Tells its port, and its processor time when asked. */
import process from 'node:process';
import { NestFactory } from '@nestjs/core';
import { VARIANTS } from './variants-tmp.mjs';

const [platform, variant] = process.argv.slice(2);
const { module, create, ready } = await VARIANTS[variant]();
const app = await NestFactory.create(module, await adapter(platform), create);
await ready?.(app);
await app.listen(0, '127.0.0.1');
const bench = () => new Promise((resolve) => { let n = 200000; const t = process.hrtime.bigint(); const f = () => { if (--n > 0) process.nextTick(f); else resolve(Number(process.hrtime.bigint() - t) / 200000); }; process.nextTick(f); });
process.on('message', async (m) => { if (m === 'tick') return process.send({ tick: await bench() });
  const { user, system } = process.cpuUsage();
  process.send({ cpu: user + system });
});
process.send({ port: app.getHttpServer().address().port });

async function adapter(name) {
  if (name === 'express') {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  }
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return new FastifyAdapter();
}
