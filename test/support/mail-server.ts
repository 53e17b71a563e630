import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as the server got it. */
export interface ReceivedMail {
  /** The recipients the server was given, in order. */
  readonly to: readonly string[];
  readonly from: string;
  /** The user that logged in, if one did. */
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
  /** Headers by name in small letters, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body, decoded. */
  readonly body: string;
  /** All of it, as it came. */
  readonly raw: string;
}

/** A real mail server that keeps what it gets. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  readonly #server: SMTPServer;

  /** @param options Of `smtp-server`; by default plain, without log in. */
  constructor(options: SMTPServerOptions = {}) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.cert === undefined ? ['STARTTLS'] : [],
      allowInsecureAuth: true,
      closeTimeout: 1,
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            to: rcptTo.map(({ address }) => address),
            from: mailFrom === false ? '' : mailFrom.address,
            user: session.user as string | undefined,
            isEncrypted: session.secure,
            ...parse(Buffer.concat(chunks).toString()),
          });
          callback();
        });
      },
      ...options,
    });
    this.#server.on('error', () => {});
  }

  /** Listens, on a port of the system's choice if none is given. */
  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(port, '127.0.0.1', () => resolve());
    });
    return this;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Resolves when there are so many mails; rejects after a while. */
  async received(count: number, timeoutMs = 45_000): Promise<readonly ReceivedMail[]> {
    const deadline = Date.now() + timeoutMs;
    while (this.mails.length < count) {
      if (Date.now() > deadline) throw new Error(`${this.mails.length} mails of ${count} came`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.mails;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'body' | 'raw'> {
  const end = raw.indexOf('\r\n\r\n');
  const headers = new Map<string, string>();
  for (const line of raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, raw, body: decode(raw.slice(end + 4), headers.get('content-transfer-encoding')) };
}

function decode(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n');
  const text = body.replaceAll('\r\n', '\n');
  if (encoding !== 'quoted-printable') return text;
  const bytes = text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
