import 'reflect-metadata';
import http from 'node:http';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { LoggingModule } from '../lib/nest/logging.module.js';
@Controller('a') class C { @Get(':id') get(@Param('id') id: string) { return { id }; } }
const logging = (o: object) => LoggingModule.forRoot({ version: 1, formatters: { j: { class: 'JsonFormatter' } }, handlers: { f: { class: 'logging.FileHandler', filename: '/tmp/nbench/out.log', formatter: 'j' } }, root: { level: 'INFO', handlers: ['f'] } }, o);
async function mk(kind: string, o: object | undefined) {
  @Module({ controllers: [C], imports: o ? [logging(o)] : [] }) class M {}
  const app = await NestFactory.create(M, (kind === 'f' ? new FastifyAdapter() : new ExpressAdapter()) as never, { logger: false });
  await app.listen(0, '127.0.0.1'); return app;
}
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const hit = (port: number) => new Promise((r) => { http.get({ port, host: '127.0.0.1', path: '/a/1', agent }, (res) => { res.resume(); res.on('end', r); }); });
async function slice(port: number, n: number) { const c = process.cpuUsage(); for (let i = 0; i < n / 8; i++) await Promise.all(Array.from({ length: 8 }, () => hit(port))); const d = process.cpuUsage(c); return (d.user + d.system) / n; }
for (const kind of ['f', 'e']) {
  const apps: Record<string, any> = { none: await mk(kind, undefined) };
  apps.nocontext = await mk(kind, { context: false });
  const acc: Record<string, number[]> = { none: [], nocontext: [] };
  for (let r = 0; r < 12; r++) for (const m in apps) acc[m]!.push(await slice(apps[m].getHttpServer().address().port, 800));
  apps.full = await mk(kind, {}); acc.full = []; acc.none2 = []; apps.none2 = apps.none;
  for (let r = 0; r < 12; r++) for (const m of ['none2', 'full']) acc[m]!.push(await slice(apps[m].getHttpServer().address().port, 800));
  for (const m in acc) { const s = acc[m]!.slice(2).sort((a, b) => a - b); console.log(kind, m, s[s.length >> 1]!.toFixed(1), 'min', s[0]!.toFixed(1)); }
}
process.exit(0);
