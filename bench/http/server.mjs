/** One variant of the application on one platform. Reports its port, and its CPU time when asked. */
import process from 'node:process';
import { NestFactory } from '@nestjs/core';
import { VARIANTS } from './variants.mjs';

const [platform, variant] = process.argv.slice(2);
const { module, create, ready } = await VARIANTS[variant]();
const app = await NestFactory.create(module, await adapter(platform), create);
ready?.(app);
await app.listen(0, '127.0.0.1');
process.on('message', () => {
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
