/**
 * The engine, in a process of its own: takes what it is sent at once (`up`) or after a while (`slow`), or refuses connections
 * (`down`). Speaks OTLP, Loki's and Elasticsearch's interfaces well enough to be taken for one, or stands in front of a
 * broker of Kafka. Counts what arrived.
 */
import { createServer } from 'node:http';
import net from 'node:net';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { Arrivals } from './numbered.mjs';

const { state, slowMs, upstream } = JSON.parse(process.argv[2]);
const delayMs = state === 'slow' ? slowMs : 0;
const arrivals = new Arrivals();
let requests = 0;

const server = upstream === undefined ? createServer(answer) : proxyServer(upstream);
server.listen(upstream?.port ?? 0, '127.0.0.1', () => {
  const { port } = server.address();
  const ready = () => process.send({ port });
  // A port that was free a moment ago refuses connections.
  if (state === 'down') server.close(ready);
  else ready();
});
process.on('message', () => process.send({ arrived: arrivals.count, repeated: arrivals.repeats, requests }));
process.on('disconnect', () => process.exit());

function answer(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = Buffer.concat(chunks);
    const isGzip = request.headers['content-encoding'] === 'gzip';
    const body = (isGzip ? gunzipSync(bytes) : bytes).toString('latin1');
    requests += 1;
    setTimeout(() => {
      arrivals.add(body);
      const { status = 200, headers, text = '' } = answerTo(request, body);
      response.writeHead(status, headers).end(text);
    }, delayMs);
  });
}

function answerTo({ method, url, headers }, body) {
  const { pathname, searchParams } = new URL(url, 'http://engine');
  if (pathname === '/v1/logs') {
    const type = headers['content-type'];
    return { headers: { 'Content-Type': type }, text: type.includes('json') ? '{"partialSuccess":{}}' : '' };
  }
  if (pathname === '/loki/api/v1/push') return { status: 204 };
  return elasticsearch(method, pathname, searchParams, body);
}

/** @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk */
function elasticsearch(method, pathname, query, body) {
  const isBulk = pathname.endsWith('_bulk');
  const answered = isBulk
    ? bulkAnswer(body, query.get('filter_path'))
    : { status: 'green', version: { number: '8.19.0' } };
  const headers = { 'Content-Type': 'application/json', 'X-Elastic-Product': 'Elasticsearch' };
  return { headers, text: method === 'HEAD' ? '' : JSON.stringify(answered) };
}

/** An item for each action; of what it knows, the parts that were asked for. */
function bulkAnswer(body, filter) {
  const actions = [...body.matchAll(/^\{"(index|create)":/gm)];
  const items = actions.map(([, action], at) => {
    const item = { status: 201 };
    if (filter === null) Object.assign(item, indexed(at));
    return { [action]: item };
  });
  return filter === null ? { errors: false, took: 30, items } : { errors: false, items };
}

function indexed(at) {
  return {
    ...{ _index: 'logs', _id: `zWp4kJYBq0V1mXkz${at}`, _version: 1, result: 'created' },
    ...{ _shards: { total: 2, successful: 1, failed: 0 }, _seq_no: at, _primary_term: 1 },
  };
}

/** In front of a broker: what it answers is held back for a while. */
function proxyServer(broker) {
  return net.createServer((client) => {
    const connection = net.connect(broker.brokerPort, '127.0.0.1');
    client.pipe(connection);
    connection.on('data', (chunk) => setTimeout(() => client.write(chunk), delayMs));
    const end = () => {
      client.destroy();
      connection.destroy();
    };
    for (const socket of [client, connection])
      socket.on('error', () => {}).on('close', () => setTimeout(end, delayMs));
  });
}
