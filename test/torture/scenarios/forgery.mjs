import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MailServer } from '../../support/mail-server.js';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';

/** What would be a record, a frame or a header of its own if it came through. */
const FORGED = [
  'x\n<34>Jan  1 00:00:00 bank su: FORGED',
  'x\r\n<34>1 2024-01-01T00:00:00Z bank su - - - FORGED',
  'x\0<34>Jan  1 00:00:00 bank su: FORGED',
  'x\u2028<34>FORGED',
  '<34>FORGED at the start',
  '27 <34>1 - FORGED - - - - owned',
  'x\r\nBcc: FORGED@example.com',
  'x\nTo: FORGED@example.com\n\nbody',
  'x\r\n.\r\nMAIL FROM:<FORGED@example.com>\r\n',
  'x\r\nContent-Type: text/html\r\n\r\n<script>FORGED</script>',
  'x"] [FORGED@1 a="b',
  'x\x1b]0;FORGED\x07',
];

export default {
  name: 'forgery',
  title: 'messages that would forge syslog records or mail headers',
  needs: ['smtp-server', 'nodemailer'],
  isInCi: true,
  async run({ step }) {
    const rows = [];
    for (const framing of ['octet-counting', 'lf', 'nul']) rows.push(await overTcp(framing, 'bsd'));
    rows.push(await overTcp('octet-counting', 'rfc5424'));
    step('syslog over TCP');
    rows.push(await overUdp());
    step('syslog over UDP');
    rows.push(await byMail('SMTPHandler', { toaddrs: ['ops@example.com'], subject: 'Shop: error' }));
    rows.push(await byMail('AdminEmailHandler', { admins: ['ops@example.com'], subject_prefix: '[shop] ' }));
    step('mail');
    return rows;
  },
};

/** A program that logs them; the logger's name is an attempt too. */
async function send(handler) {
  const app = await runApp(
    'messages',
    { handler, messages: FORGED, logger: 'shop\n<34>FORGED' },
    { timeoutMs: 40_000 },
  );
  const row = new Oracle().judge([app.ledger], () => 0);
  if (app.ending !== 0) row.problems.push(`it ended by ${app.ending}: ${app.stderr.slice(0, 300)}`);
  return row;
}

/** Every frame has to be one of ours, in order: so many, and each begins with the priority of user.err. */
function judgeFrames(what, row, frames) {
  const own = frames.filter((frame) => frame.startsWith('<11>'));
  const forged = frames.length - own.length;
  if (forged > 0)
    row.problems.push(
      `${forged} forged records: ${JSON.stringify(frames.find((frame) => !own.includes(frame)))}`,
    );
  if (own.length !== FORGED.length) row.problems.push(`${own.length} of ${FORGED.length} records`);
  return { what, ...row, delivered: own.length, forged };
}

async function overTcp(framing, protocol) {
  const chunks = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('data', (chunk) => chunks.push(chunk));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const options = { address: ['127.0.0.1', server.address().port], socktype: 'tcp', framing, protocol };
  const row = await send({ class: 'SysLogHandler', options });
  await sleep(50);
  for (const socket of sockets) socket.destroy();
  server.close();
  const bytes = Buffer.concat(chunks);
  return judgeFrames(
    `syslog over TCP, ${framing}, ${protocol}`,
    row,
    framing === 'octet-counting' ? countedFrames(bytes) : delimitedFrames(bytes, framing),
  );
}

function countedFrames(bytes) {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space));
    if (!(length > 0)) return [...frames, `lost the count at ${bytes.subarray(at, at + 80)}`];
    frames.push(bytes.subarray(space + 1, space + 1 + length).toString());
    at = space + 1 + length;
  }
  return frames;
}

/** As rsyslog reads them: a line feed and a NUL both end a record. */
function delimitedFrames(bytes, framing) {
  return bytes
    .toString()
    .split(framing === 'lf' ? '\n' : /[\n\0]/)
    .filter((frame) => frame !== '');
}

async function overUdp() {
  const frames = [];
  const socket = createSocket('udp4').on('message', (message) => frames.push(message.toString()));
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const row = await send({
    class: 'SysLogHandler',
    options: { address: ['127.0.0.1', socket.address().port] },
  });
  await sleep(100);
  socket.close();
  return judgeFrames('syslog over UDP', row, frames);
}

async function byMail(name, options) {
  const server = await new MailServer().listen();
  const row = await send({
    class: name,
    options: {
      mailhost: ['127.0.0.1', server.port],
      fromaddr: 'shop@example.com',
      digest: false,
      ...options,
    },
  });
  await server.close();
  const { mails } = server;
  let forged = 0;
  const headers = new Set();
  for (const mail of mails) {
    for (const header of mail.headers.keys()) headers.add(header);
    const isOurs =
      mail.to.join() === 'ops@example.com' &&
      mail.from === 'shop@example.com' &&
      !mail.headers.has('bcc') &&
      /^(text\/plain|multipart\/alternative)/.test(mail.headers.get('content-type') ?? '') &&
      !/^\W*(FORGED|Bcc|To):?.*FORGED/.test(mail.headers.get('to') ?? '');
    if (!isOurs) forged += 1;
  }
  if (forged > 0) row.problems.push(`${forged} forged mails`);
  if (mails.length !== FORGED.length) row.problems.push(`${mails.length} of ${FORGED.length} mails`);
  return { what: name, ...row, delivered: mails.length, forged, note: `headers: ${[...headers].join(', ')}` };
}
