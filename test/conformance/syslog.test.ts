import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { SysLogHandler } from '../../lib/handlers/syslog/syslog.handler.js';

interface SyslogCase {
  readonly id: string;
  readonly facility: string | number;
  readonly levelno: number;
  readonly ident: string;
  readonly append_nul: boolean;
  readonly msg: string;
  readonly args: unknown[];
  readonly want: { readonly hex: string };
}

const cases = readFileSync(new URL('./cases/syslog.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as SyslogCase);

let server: Socket;

beforeAll(async () => {
  server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
});

async function datagramOf({ facility, levelno, ident, append_nul, msg, args }: SyslogCase): Promise<string> {
  const address = ['127.0.0.1', server.address().port] satisfies [string, number];
  const handler = new SysLogHandler({ address, facility, ident, append_nul });
  handler.setFormatter(new Formatter({ sanitize: 'none' }));
  const received = once(server, 'message') as Promise<[Buffer]>;
  handler.handle(new LogRecord({ levelno, msg, args }));
  const [datagram] = await received;
  await handler.close();
  return datagram.toString('hex');
}

describe('syslog datagrams, as CPython recorded them', () => {
  it('has all the cases', () => {
    expect(cases).toHaveLength(40);
  });

  it.each(cases.map((one) => [one.id, one] as const))('%s', async (_id, one) => {
    expect(await datagramOf(one)).toBe(one.want.hex);
  });
});
