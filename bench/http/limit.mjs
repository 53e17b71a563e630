import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import process from 'node:process';

/**
 * The least work that gives each request an id, a context and a line of JSON, written by hand for this one application:
 * no logger, no levels, nothing configurable, no errors seen. It is the ground under the figures of the others.
 */
export function logByHand(app) {
  const storage = new AsyncLocalStorage();
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'express') {
    app.use((request, response, next) => {
      const started = begin((name, value) => response.setHeader(name, value));
      response.once('finish', () => writeLine(request.method, request.url, response.statusCode, started));
      storage.run(started, next);
    });
    return;
  }
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    request.raw.started = begin((name, value) => reply.header(name, value));
    storage.run(request.raw.started, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    writeLine(request.method, request.url, reply.statusCode, request.raw.started);
    done();
  });
}

function begin(setHeader) {
  const id = randomUUID();
  setHeader('x-request-id', id);
  return { id, at: performance.now() };
}

function writeLine(method, url, status, { id, at }) {
  const ms = performance.now() - at;
  const line = { time: new Date().toISOString(), level: 'INFO', method, url, status, ms, request_id: id };
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}
