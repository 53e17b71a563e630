import { createServer } from 'node:tls';
import { makeCertificates } from '../../support/certificates.js';
import { HttpSink } from '../../support/http-sink.js';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';

/** Peers that must not be spoken to; in the last case the handler does not know whom to trust. */
const PEERS = [
  { what: 'certificate for another name', certificate: 'wrongName', trusts: true },
  { what: 'certificate that is over', certificate: 'expired', trusts: true },
  { what: 'certificate it signed itself', certificate: 'selfSigned', trusts: true },
  { what: 'authority nobody knows', certificate: 'good', trusts: false },
];

export default {
  name: 'tls',
  title: 'bad TLS peers of the HTTP and the syslog handler, refused 8 of 8',
  needs: ['openssl'],
  isInCi: true,
  async run({ step }) {
    const certificates = makeCertificates();
    const rows = [];
    for (const kind of [overHttp, overSyslog]) {
      for (const { what, certificate, trusts } of PEERS) {
        rows.push(await attempt(kind, what, certificates, certificate, trusts));
        step(what);
      }
      // Not because nothing works at all.
      rows.push(await attempt(kind, 'good certificate', certificates, 'good', true));
    }
    return rows;
  },
};

async function attempt(kind, what, certificates, name, trusts) {
  const peer = await kind(certificates[name], trusts ? { ca: certificates.ca.cert } : {});
  const app = await runApp(
    'messages',
    { handler: peer.handler, messages: ['secret'] },
    { timeoutMs: 40_000 },
  );
  const received = await peer.close();
  const row = new Oracle().judge([app.ledger], () => 0);
  const isGood = what === 'good certificate';
  if (isGood && received === 0) row.problems.push('the good peer got nothing');
  if (!isGood && received > 0) row.problems.push('the bad peer got the record');
  if (!isGood && !/certificate|self-signed|altnames|issuer/i.test(app.stderr))
    row.problems.push(`the reason was not reported: ${app.stderr.slice(0, 200)}`);
  return {
    what: `${kind.title}, ${what}`,
    ...row,
    forged: undefined,
    note: isGood ? 'taken' : received > 0 ? 'TAKEN' : 'refused',
  };
}

overHttp.title = 'HTTP';
async function overHttp(certificate, context) {
  const sink = await new HttpSink(certificate).listen();
  const options = {
    host: `localhost:${sink.port}`,
    url: '/',
    method: 'POST',
    secure: true,
    context,
    maxRetries: 0,
  };
  return {
    handler: { class: 'HTTPHandler', options },
    async close() {
      await sink.close();
      return sink.requests.length;
    },
  };
}

overSyslog.title = 'syslog';
async function overSyslog({ cert, key }, context) {
  let bytes = 0;
  const sockets = new Set();
  const server = createServer({ cert, key }, (socket) => {
    sockets.add(socket);
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        bytes += chunk.length;
      });
  });
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const options = { address: ['localhost', server.address().port], socktype: 'tcp', tls: context };
  return {
    handler: { class: 'SysLogHandler', options },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      return bytes;
    },
  };
}
