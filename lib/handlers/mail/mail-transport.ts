import { LoggingError } from '../../core/errors.js';
import { escapeControls } from '../../core/formatting/sanitize.js';
import { loadOptionalPeer, notLoaded } from '../../core/optional-peer.js';
import { cutText } from '../../runtime/cut-text.js';
import { DeliveryFailure } from '../delivery/delivery-failure.js';
import { hostPort } from '../network/host-port.js';
import {
  readPem,
  type TlsContextOptions,
  tlsOptions,
  warnInsecure,
  warnPlainPassword,
} from '../network/tls-options.js';
import type { MailAddress } from './mail-address.js';

/** A mail as nodemailer takes it. */
export interface MailMessage {
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  /** The addresses given to the server; those of `from` and `to`. */
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly xMailer: false;
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

/** What brings mails away: a transport of nodemailer, or anything with its `sendMail`. */
export interface MailTransport {
  sendMail(message: MailMessage): Promise<unknown>;
  close?(): void;
}

/** The part of nodemailer that is used. */
export interface Nodemailer {
  // biome-ignore lint/suspicious/noExplicitAny: as many overloads as nodemailer has transports
  createTransport(options: any): { sendMail(message: any): Promise<any>; close?(): void };
}

/** Where the mail server is and how it is spoken to. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number | undefined;
  readonly credentials: readonly [user: string, password: string] | undefined;
  /** STARTTLS: `undefined` for none, else the files of our key and certificate, if any. */
  readonly secure: readonly string[] | undefined;
  readonly implicitTls: boolean;
  readonly context: TlsContextOptions | undefined;
  readonly insecure: boolean;
  readonly timeoutMs: number;
}

/** A mail server as error messages name it. */
export function nameOfServer(server: Pick<SmtpServer, 'host' | 'port' | 'implicitTls'>): string {
  return hostPort(server.host, portOf(server));
}

function portOf({ port, implicitTls }: Pick<SmtpServer, 'port' | 'implicitTls'>): number {
  return port ?? (implicitTls ? 465 : 25);
}

/** Options of nodemailer's SMTP transport for a server. @throws {LoggingError} `ERR_LOGGING_FILE` */
export function smtpTransportOptions(server: SmtpServer, handler: string): object {
  const { host, credentials, secure, implicitTls, timeoutMs } = server;
  // Python: one file may hold both the key and the certificate.
  const [key, cert = key] = (secure ?? []).map((file) => readPem(file, `${handler}.secure`));
  const context = { ...server.context, ...(key === undefined || cert === undefined ? {} : { key, cert }) };
  return {
    host,
    port: portOf(server),
    secure: implicitTls,
    requireTLS: secure !== undefined && !implicitTls,
    ignoreTLS: secure === undefined && !implicitTls,
    ...(credentials === undefined ? {} : { auth: { user: credentials[0], pass: credentials[1] } }),
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    },
    tls: tlsOptions(context, `${handler}.context`, server.insecure),
  };
}

/** Warns of a server that is not verified, and of a password that is sent to it in the clear. */
export function warnOfServer(server: SmtpServer, handler: string): void {
  const isEncrypted = server.secure !== undefined || server.implicitTls;
  if (server.insecure) warnInsecure(handler, server.host);
  if (server.credentials !== undefined && !isEncrypted) warnPlainPassword(handler, server.host, 'secure: []');
}

/** Loads nodemailer. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed. */
export function loadNodemailer(handler: string): Promise<Nodemailer> {
  return loadOptionalPeer<Nodemailer>({
    name: 'nodemailer',
    neededBy: handler,
    load: async () => {
      try {
        return await import('nodemailer');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['createTransport'],
  });
}

/** What a failure of a transport means for the mail. */
export function toDeliveryFailure(error: unknown): DeliveryFailure {
  if (error instanceof LoggingError) return new DeliveryFailure(error.message, 'reject');
  // A transport of the user's own may reject with nothing.
  const { responseCode, code } = (error ?? {}) as { responseCode?: unknown; code?: unknown };
  // The message contains text of the server, whose control characters cannot be trusted.
  const text = cutText(escapeControls(String((error as Error | null)?.message ?? error), true), 500);
  if (typeof responseCode === 'number' && responseCode >= 400) {
    // 503: the session went wrong, not the mail.
    const isForGood = responseCode >= 500 && responseCode !== 503;
    return new DeliveryFailure(`the mail server refused: ${text}`, isForGood ? 'reject' : 'retry', {
      isAnswered: true,
    });
  }
  const isHopeless = code === 'ECONFIG' || code === 'EMESSAGE' || code === 'EENVELOPE' || code === 'ENOAUTH';
  return new DeliveryFailure(`the mail could not be sent: ${text}`, isHopeless ? 'reject' : 'retry');
}
