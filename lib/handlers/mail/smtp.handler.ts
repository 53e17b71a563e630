import { whenActive } from '../../core/activation.js';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { textBy } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import type { QueueStats } from '../delivery/delivery-queue.js';
import { isExporting } from '../delivery/export-scope.js';
import { FailureReporter } from '../delivery/failure-reporter.js';
import { DEFAULT_DIGEST } from './digest.js';
import { parseAddress, parseAddresses } from './mail-address.js';
import { MailQueue } from './mail-queue.js';
import {
  loadNodemailer,
  nameOfServer,
  type SmtpServer,
  smtpTransportOptions,
  warnOfServer,
} from './mail-transport.js';
import { type SMTPHandlerOptions, smtpHandlerSchema } from './smtp-options.js';

/**
 * Sends records by mail. Needs the package `nodemailer`.
 *
 * A log call only formats and queues. As in Python each record is a mail, but only the first ten of a minute: the
 * others of that minute are sent together at its end, and so on while the storm lasts. `digest: { intervalMs, maxRecords }`
 * gathers from the first record on, `digest: false` never does. `flush()` and `close()` send what waits at once.
 *
 * Sender and recipients are those of the options, whatever is logged, and a subject is one line.
 *
 * Delivery: `at-most-once`. What waits is in memory and goes with the process; every loss is counted in `stats` and
 * reported. A mail is tried again with back-off while the server is away or asks for it (4xx), and lost if it is
 * refused for good (5xx). Where only the answer is lost it may arrive twice.
 *
 * Differs from Python: the log call does not wait for the server; `secure` encrypts without `credentials` too, and
 * verifies the certificate.
 *
 * @example
 * new SMTPHandler({ mailhost: ['mail.example.com', 587], fromaddr: 'shop@example.com', toaddrs: 'ops@example.com',
 *   subject: 'Shop: error', credentials: ['shop', password], secure: [], level: 'ERROR' })
 * @see https://docs.python.org/3/library/logging.handlers.html#smtphandler
 */
export class SMTPHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof smtpHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(SMTPHandler, {
    name: 'SMTPHandler',
    pythonNames: ['logging.handlers.SMTPHandler'],
    schema: smtpHandlerSchema,
  });

  /** What is promised of a record: it is sent, or lost and counted. */
  readonly delivery = 'at-most-once';
  /** The mail server. */
  readonly mailhost: string;
  /** Its port; `null` for the usual one. */
  readonly mailport: number | null;
  /** The sender. */
  readonly fromaddr: string;
  /** The recipients. */
  readonly toaddrs: readonly string[];
  /** The subject of every mail, unless {@link SMTPHandler.getSubject} is overridden. */
  readonly subject: string;

  readonly #mails: MailQueue;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if a file of `secure` or `context` cannot be read. */
  constructor(options: SMTPHandlerOptions) {
    const o = checkOptions('SMTPHandler', smtpHandlerSchema(), options, new.target === SMTPHandler);
    super(o);
    const [host, port] = typeof o.mailhost === 'string' ? [o.mailhost, null] : o.mailhost;
    this.mailhost = host;
    this.mailport = port;
    this.fromaddr = o.fromaddr;
    this.toaddrs = typeof o.toaddrs === 'string' ? [o.toaddrs] : o.toaddrs;
    this.subject = o.subject;
    const server: SmtpServer = {
      ...{ host, port: port ?? undefined, implicitTls: o.implicitTls, insecure: o.insecure },
      credentials: o.credentials ?? undefined,
      secure: o.secure ?? undefined,
      context: o.context ?? undefined,
      timeoutMs: o.timeout * 1000,
    };
    const transport = smtpTransportOptions(server, 'SMTPHandler');
    whenActive({ commit: () => warnOfServer(server, 'SMTPHandler') });
    this.#mails = new MailQueue({
      reporter: new FailureReporter(this),
      from: parseAddress(o.fromaddr) as NonNullable<ReturnType<typeof parseAddress>>,
      to: parseAddresses(o.toaddrs) ?? [],
      receiver: nameOfServer(server),
      digest: o.digest ?? DEFAULT_DIGEST,
      maxRetries: o.maxRetries,
      connect: async () => (o.nodemailer ?? (await loadNodemailer('SMTPHandler'))).createTransport(transport),
    });
  }

  /** What became of the records so far: `emitted` is the sum of `delivered`, `queued` and `dropped`. */
  get stats(): QueueStats {
    return this.#mails.stats;
  }

  /**
   * The subject of a record's mail; override it for a more detailed one. Line breaks in it become spaces.
   *
   * @see https://docs.python.org/3/library/logging.handlers.html#logging.handlers.SMTPHandler.getSubject
   */
  getSubject(_record: LogRecord): string {
    return this.subject;
  }

  /** Formats the record and queues its mail. */
  emit(record: LogRecord): void {
    if (isExporting(this)) return;
    const subject = textBy(this.getSubject(record), this, record, 'getSubject');
    const text = textBy(this.format(record), this, record);
    this.#mails.push({ subject, text: `${text}\n` }, record.levelno, record);
  }

  override flush(): void | Promise<void> {
    return this.#mails.flush();
  }

  /** See {@link Handler.outlivesClose}: what comes after the end is lost. */
  override get outlivesClose(): boolean {
    return false;
  }

  override async close(): Promise<void> {
    super.close();
    await this.#mails.close();
  }
}
