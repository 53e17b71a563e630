import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { makeLogRecord } from '../../../lib/core/records/record-factory.js';
import { SMTPHandler } from '../../../lib/handlers/mail/smtp.handler.js';
import { hasPython } from '../../support/live-python.js';
import { MailServer } from '../../support/mail-server.js';

const describeWithPython = hasPython ? describe : describe.skip;

const formatter = new Formatter({ sanitize: 'none' });

const SEND = `
import json, sys, logging, logging.handlers
case = json.loads(sys.argv[1])
handler = logging.handlers.SMTPHandler(
    (case["mailhost"][0], case["mailhost"][1]), case["fromaddr"], case["toaddrs"], case["subject"],
    credentials=case["credentials"] and tuple(case["credentials"]))
handler.handle(logging.makeLogRecord({"name": "shop", "levelno": 40, "msg": case["msg"]}))
`;

describeWithPython('SMTPHandler beside that of CPython', () => {
  it.each([
    ['a plain mail', 'shop@example.com', ['ops@example.com'], 'Shop: error', 'payment failed', null],
    ['two recipients', 'shop@example.com', ['a@example.com', 'Bea <b@example.com>'], 'x', 'y\nz', null],
    [
      'text beyond ASCII',
      'Läden <shop@example.com>',
      ['ops@example.com'],
      'Fehler: größer',
      'Zahlung «7» ✓',
      null,
    ],
    ['one recipient as a text', 'shop@example.com', 'ops@example.com', 'x', '.\n..\n...', null],
    ['a log in', 'shop@example.com', ['ops@example.com'], 'x', 'y', ['ada', 'secret']],
    ['long lines', 'shop@example.com', ['ops@example.com'], 'word '.repeat(40), 'long '.repeat(500), null],
  ] as const)('sends the same: %s', async (_, fromaddr, toaddrs, subject, msg, credentials) => {
    const server = await new MailServer({
      onAuth: ({ username }, _session, callback) => callback(null, { user: username ?? '' }),
    }).listen();
    const mailhost: [string, number] = ['127.0.0.1', server.port];
    const given = JSON.stringify({ mailhost, fromaddr, toaddrs, subject, msg, credentials });
    const python = spawn('python3', ['-c', SEND, given], { stdio: ['ignore', 'inherit', 'inherit'] });
    expect(await once(python, 'exit')).toEqual([0, null]);
    const smtp = new SMTPHandler({ mailhost, fromaddr, toaddrs, subject, credentials, formatter });
    smtp.handle(makeLogRecord({ name: 'shop', levelno: 40, msg }));
    await smtp.close();
    await server.close();
    const [theirs, ours] = server.mails.map(readable);
    expect(ours).toEqual(theirs);
  });
});

/** What a reader sees of a mail. */
function readable(mail: MailServer['mails'][number]) {
  const { headers, body, from, to, user } = mail;
  const header = (name: string) => decodeWords(headers.get(name) ?? '');
  return {
    ...{ from, to, user, body: body.trimEnd() },
    headers: { from: header('from'), to: header('to').replaceAll(/,\s*/g, ', '), subject: header('subject') },
    type: headers.get('content-type')?.replaceAll('"', '').split(';').slice(0, 2),
  };
}

/** RFC 2047's words, in whichever of its forms. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding: string, word: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('latin1')
        : word
            .replaceAll('_', ' ')
            .replaceAll(/=([0-9A-F]{2})/gi, (_hex, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
    )
    .replaceAll(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString());
}
