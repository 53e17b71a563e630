import { Handler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import {
  type AdminEmailHandlerOptions,
  adminEmailHandlerSchema,
  connectBackend,
} from './support/admin-email-options.js';
import type { QueueStats } from './support/bounded-queue.js';
import { DEFAULT_DIGEST } from './support/digest.js';
import { djangoSettings, findExceptionReporter } from './support/django-settings.js';
import type { ExceptionReporterClass } from './support/exception-reporter.js';
import { isExporting } from './support/export-scope.js';
import { parseAddress, parseAddresses } from './support/mail-address.js';
import { MailQueue } from './support/mail-queue.js';
import { remoteAddress } from './support/web-request.js';

/**
 * Django's handler of the same name: mails records with their traceback to the site's admins.
 *
 * Who they are, and where the mail server is, comes from {@link setDjangoSettings} or from the options. Without admins
 * nothing is sent. A record with a `request` in its `extra` says whether it came from one of `INTERNAL_IPS`.
 *
 * Storms, failures and delivery: as {@link SMTPHandler}. Needs the package `nodemailer`.
 *
 * Differs from Django: the report holds method, path and address of the request, and nothing else of it.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.AdminEmailHandler
 */
export class AdminEmailHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof adminEmailHandlerSchema>;
  static {
    lazyProperty(AdminEmailHandler, 'optionsSchema', adminEmailHandlerSchema);
  }

  /** What is promised of a record: it is sent, or lost and counted. */
  readonly delivery = 'at-most-once';
  /** Whether the report goes along as HTML too. */
  readonly include_html: boolean;
  /** Writes the report. */
  readonly reporter_class: ExceptionReporterClass;

  readonly #prefix: string;
  readonly #internalIps: readonly string[];
  readonly #mails: MailQueue | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, also for a reporter that is not registered. */
  constructor(options: AdminEmailHandlerOptions = {}) {
    const o = checkOptions(
      'AdminEmailHandler',
      adminEmailHandlerSchema(),
      options,
      new.target === AdminEmailHandler,
    );
    super(o);
    const settings = djangoSettings();
    this.include_html = o.include_html;
    this.reporter_class = findExceptionReporter(o.reporter_class ?? settings.DEFAULT_EXCEPTION_REPORTER);
    this.#prefix = o.subject_prefix ?? settings.EMAIL_SUBJECT_PREFIX;
    this.#internalIps = settings.INTERNAL_IPS;
    const to = parseAddresses(o.admins ?? settings.ADMINS);
    const from = parseAddress(o.fromaddr ?? settings.SERVER_EMAIL);
    if (to === undefined || from === undefined) return;
    const { maxRetries, digest = DEFAULT_DIGEST } = o;
    this.#mails = new MailQueue({ source: this, from, to, digest, maxRetries, connect: connectBackend(o) });
  }

  /** What became of the records so far; `undefined` without admins. */
  get stats(): QueueStats | undefined {
    return this.#mails?.stats;
  }

  /** Writes the mail and sends it. */
  emit(record: LogRecord): void {
    const isOverridden = this.send_mail !== AdminEmailHandler.prototype.send_mail;
    if ((this.#mails === undefined && !isOverridden) || isExporting()) return;
    const message = record.getMessage();
    const request = record.attribute('request');
    const subject = this.format_subject(`${record.levelname}${this.#origin(request)}: ${message}`);
    const reporter = new this.reporter_class({ request, error: record.excInfo, message, isEmail: true });
    const text = `${this.#formatWithoutError(record)}\n\n${reporter.get_traceback_text()}\n`;
    this.send_mail(
      subject,
      text,
      this.include_html ? reporter.get_traceback_html() : undefined,
      record.levelno,
    );
  }

  /**
   * Sends a mail to the admins; override it to send it elsewhere.
   *
   * @param html The report as HTML, if it is to go along.
   * @param levelno Level of the record: mails of higher ones wait longest when there is no room.
   */
  send_mail(subject: string, message: string, html?: string, levelno = 40): void {
    this.#mails?.push({ subject: this.#prefix + subject, text: message, html }, levelno);
  }

  /** Makes a subject one line. */
  format_subject(subject: string): string {
    return subject.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  }

  override flush(): void | Promise<void> {
    return this.#mails?.flush();
  }

  override async close(): Promise<void> {
    super.close();
    await this.#mails?.close();
  }

  #origin(request: unknown): string {
    if (request === undefined || request === null) return '';
    const isInternal = this.#internalIps.includes(remoteAddress(request) ?? '');
    return isInternal ? ' (internal IP)' : ' (EXTERNAL IP)';
  }

  /** The traceback is the reporter's part. */
  #formatWithoutError(record: LogRecord): string {
    const { excInfo, excText } = record;
    record.excInfo = undefined;
    record.excText = undefined;
    try {
      return this.format(record);
    } finally {
      record.excInfo = excInfo;
      record.excText = excText;
    }
  }
}
