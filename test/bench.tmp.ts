import 'reflect-metadata';
import http from 'node:http';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { LoggingModule } from '../lib/nest/logging.module.js';
@Controller('a') class C { @Get(':id') get(@Param('id') id: string) { return { id }; } }
const config = (level: string) => ({ version: 1 as const, formatters: { j: { class: 'JsonFormatter' } }, handlers: { f: { class: 'logging.FileHandler', filename: '/tmp/nbench/out.log', formatter: 'j' } }, root: { level, handlers: ['f'] } });
const kind = process.argv[2]!; const mode = process.argv[3]!;
const modes: Record<string, any> = {
  none: undefined,
  off: ['INFO', { context: false, http: { enabled: false, responseHeader: false, exceptionFilter: false } }],
  ctx: ['INFO', { http: { enabled: false, responseHeader: false, exceptionFilter: false } }],
  nolog: ['WARNING', { context: false, http: { responseHeader: false } }],
  noctx: ['INFO', { context: false, http: { responseHeader: false } }],
  full: ['INFO', {}],
};
const m = modes[mode];
@Module({ controllers: [C], imports: m ? [LoggingModule.forRoot(config(m[0]), m[1])] : [] }) class M {}
const app = await NestFactory.create(M, (kind === 'f' ? new FastifyAdapter() : new ExpressAdapter()) as never, { logger: false });
await app.listen(0, '127.0.0.1');
const port = app.getHttpServer().address().port;
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const hit = () => new Promise((r) => { http.get({ port, host: '127.0.0.1', path: '/a/1', agent }, (res) => { res.resume(); res.on('end', r); }); });
async function slice(n: number) { const c = process.cpuUsage(); for (let i = 0; i < n / 8; i++) await Promise.all(Array.from({ length: 8 }, hit)); const d = process.cpuUsage(c); return (d.user + d.system) / n; }
const s: number[] = [];
for (let r = 0; r < 14; r++) s.push(await slice(800));
s.splice(0, 4); s.sort((a, b) => a - b);
console.log(kind, mode, 'median', s[5]!.toFixed(1), 'min', s[0]!.toFixed(1));
process.exit(0);
