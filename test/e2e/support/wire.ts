import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** A request as text, and how the client behaves. */
export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** When the client hangs up: after so many milliseconds, or when the answer begins. */
  readonly abortAfter?: number | 'first bytes';
}

/** Sends a request on a connection of its own; gives every byte of the answer, but for the time in it. */
export async function exchange(port: number, request: WireRequest): Promise<string> {
  const answer = await send(port, requestText(request, 'close'), request.abortAfter);
  return answer.replace(/^date: .*\r\n/im, '');
}

/** Sends text on a connection; gives every byte until the server closes it, or the client does. */
export function send(port: number, text: string, abortAfter?: WireRequest['abortAfter']): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (abortAfter === 'first bytes') socket.destroy();
      endAfterEvents(socket, Buffer.concat(chunks).toString('latin1'));
    });
    socket.on(
      'error',
      (error: NodeJS.ErrnoException) =>
        error.code !== 'ECONNRESET' && error.code !== 'EPIPE' && reject(error),
    );
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    if (typeof abortAfter === 'number') setTimeout(() => socket.destroy(), abortAfter);
  });
}

/**
 * Server-sent events keep the connection, whatever the client asked for; with Nest 11 their answer does not
 * end either, so that the client hangs up once nothing more has come for a while.
 */
function endAfterEvents(socket: Socket, answer: string): void {
  if (!/^content-type: text\/event-stream/im.test(answer)) return;
  if (answer.endsWith('\r\n0\r\n\r\n')) socket.end();
  else socket.setTimeout(700, () => socket.end());
}

/** The same over TLS, with the certificate of whoever signed the server's. */
export function sendSecurely(port: number, text: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const options = { port, host: '127.0.0.1', ca, servername: 'localhost' };
    const socket = connectSecurely(options, () => socket.write(text));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      endAfterEvents(socket, Buffer.concat(chunks).toString('latin1'));
    });
    socket.on(
      'error',
      (error: NodeJS.ErrnoException) =>
        error.code !== 'ECONNRESET' && error.code !== 'EPIPE' && reject(error),
    );
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** A request as it goes over the wire. */
export function requestText(request: WireRequest, connection: 'close' | 'keep-alive'): string {
  const { method = 'GET', path, headers = {}, body } = request;
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost', `Connection: ${connection}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** The status of an answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** The body of an answer that is not chunked. */
export function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}
