import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import websocket from '@fastify/websocket';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { WebSocket } from 'ws';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';

describe('a request whose connection becomes a WebSocket, on Fastify', () => {
  const recorder = new Recorder();
  let app: NestFastifyApplication;
  let port: number;

  beforeAll(async () => {
    @Module({ imports: [loggedModule(recorder)] })
    class SocketModule {}
    app = await NestFactory.create<NestFastifyApplication>(SocketModule, new FastifyAdapter(), {
      logger: false,
    });
    const fastify = app.getHttpAdapter().getInstance();
    await fastify.register(websocket as never);
    fastify.register(async (scope) => {
      scope.get(
        '/echo',
        { websocket: true } as never,
        ((socket: WebSocket) => socket.on('message', (data) => socket.send(String(data)))) as never,
      );
    });
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as { port: number });
  });
  afterAll(() => app.close());
  beforeEach(() => recorder.clear());

  async function record(): Promise<Record<string, unknown>> {
    await recorder.settled('nest.server', 1);
    const [made, ...more] = recorder.of('nest.server').map((one) => one.toDict());
    expect(more).toEqual([]);
    return made as Record<string, unknown>;
  }

  it('is answered with 101', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`);
    await once(socket, 'open');
    socket.send('hello');
    const [data] = await once(socket, 'message');
    expect(String(data)).toBe('hello');
    socket.close();
    expect(await record()).toMatchObject({ status: 101, levelname: 'INFO', aborted: false, path: '/echo' });
  });

  it('is refused with the status that was written to the connection', async () => {
    const client = connect(port, '127.0.0.1');
    client.write('GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    client.destroy();
    expect(await record()).toMatchObject({ status: 400, levelname: 'WARNING', aborted: false });
  });

  it('is refused by the application as any request', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/nowhere`);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
    expect(await record()).toMatchObject({ status: 404, levelname: 'WARNING', aborted: false });
  });
});
