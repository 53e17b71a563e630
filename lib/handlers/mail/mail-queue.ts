import { whenActive } from '../../core/activation.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { Backoff } from '../delivery/backoff.js';
import { BoundedQueue } from '../delivery/bounded-queue.js';
import { DeliveryLoop } from '../delivery/delivery-loop.js';
import type { QueueStats } from '../delivery/delivery-queue.js';
import type { FailureReporter } from '../delivery/failure-reporter.js';
import { composeDigest, type DigestOptions, DigestPace, type Mail } from './digest.js';
import { headerText, type MailAddress } from './mail-address.js';
import { type MailMessage, type MailTransport, toDeliveryFailure } from './mail-transport.js';

/** The most that waits: mails are for people. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_MAILS = 1_000;

/** What a {@link MailQueue} needs to know. */
export interface MailQueueOptions {
  /** Where failures are reported. */
  readonly reporter: FailureReporter;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  /** The mail server, as error messages name it: `mail.example.com:25`; `undefined` if there is none. */
  readonly receiver: string | undefined;
  readonly digest: DigestOptions;
  readonly maxRetries?: number | undefined;
  /** Makes what brings the mails away; called once. */
  connect(): Promise<MailTransport>;
}

/**
 * Sends mails one after another, gathered where they get too many, with retries. Sender and recipients are fixed;
 * subject and text are cleaned of what could make a header.
 */
export class MailQueue {
  readonly #options: MailQueueOptions;
  readonly #queue: BoundedQueue<Mail>;
  readonly #loop: DeliveryLoop<Mail>;
  readonly #reporter: FailureReporter;
  #transport: Promise<MailTransport> | undefined;
  #overflowReported = 0;

  constructor(options: MailQueueOptions) {
    const { digest } = options;
    const pace = new DigestPace(digest);
    this.#options = options;
    this.#reporter = options.reporter;
    this.#queue = new BoundedQueue({
      maxBytes: MAX_BYTES,
      maxRecords: digest === false ? MAX_MAILS : digest.maxRecords,
    });
    this.#loop = new DeliveryLoop({
      queue: this.#queue,
      backoff: new Backoff(),
      receiver: () => options.receiver,
      maxRetries: options.maxRetries,
      turn: (_waiting, _waitedMs, isUrgent) => pace.turn(isUrgent),
      send: (entries) => this.#send(entries.map(({ item }) => item)),
      failed: (error, entries) => this.#reporter.report(error, entries),
    });
    // A package that is missing is to be known when the application starts, not when the first mail is due.
    whenActive({
      commit: () => void this.#connect().catch((error: Error) => this.#reporter.report(error)),
    });
  }

  /** What became of the records so far. */
  get stats(): QueueStats {
    return this.#queue.stats;
  }

  /** Queues a mail. @param record What it is about, if that is known. */
  push(mail: Omit<Mail, 'date'>, levelno: number, record?: LogRecord): void {
    const { text, html } = mail;
    const bytes = Buffer.byteLength(text) + (html === undefined ? 0 : Buffer.byteLength(html));
    const kept = record && this.#reporter.keep(record);
    this.#loop.push({ ...mail, subject: headerText(mail.subject), date: new Date() }, levelno, bytes, kept);
  }

  /** Sends all that waits, now. */
  flush(): void | Promise<void> {
    return this.#loop.flush();
  }

  /** Sends what waits, for up to 4.5 s, and releases the transport. */
  async close(): Promise<void> {
    await this.#loop.close();
    const transport = await this.#transport?.catch(() => undefined);
    transport?.close?.();
  }

  #connect(): Promise<MailTransport> {
    this.#transport ??= this.#options.connect();
    return this.#transport;
  }

  async #send(mails: readonly Mail[]): Promise<void> {
    const [first, ...rest] = mails;
    if (first === undefined) return;
    const { overflow } = this.#queue.stats.droppedBy;
    const message = this.#message(composeDigest([first, ...rest], overflow - this.#overflowReported));
    try {
      const answer = await (await this.#connect()).sendMail(message);
      this.#overflowReported = overflow;
      this.#reportRejected((answer as { rejected?: unknown } | null | undefined)?.rejected);
    } catch (error) {
      throw toDeliveryFailure(error);
    }
  }

  #message({ subject, text, html, date }: Mail): MailMessage {
    const { from, to } = this.#options;
    return {
      ...{ from, to, subject: headerText(subject), text, date },
      ...(html === undefined ? {} : { html }),
      envelope: { from: from.address, to: to.map(({ address }) => address) },
      // So that no absence note answers it.
      headers: { 'Auto-Submitted': 'auto-generated' },
      ...{ xMailer: false, disableFileAccess: true, disableUrlAccess: true },
    };
  }

  #reportRejected(rejected: unknown): void {
    if (!Array.isArray(rejected) || rejected.length === 0) return;
    const known = this.#options.to
      .map(({ address }) => address)
      .filter((address) => rejected.includes(address));
    this.#reporter.report(new Error(`the mail server took the mail, but not for ${known.join(', ')}`));
  }
}
