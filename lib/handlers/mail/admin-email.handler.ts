import { COMPONENT, declareComponent } from '../../core/component.js';
import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions } from '../../core/options.js';
import { settle, textBy } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { hasError } from '../../core/records/record-traceback.js';
import type { QueueStats } from '../delivery/delivery-queue.js';
import { isExporting } from '../delivery/export-scope.js';
import { FailureReporter } from '../delivery/failure-reporter.js';
import { findBackend } from './admin-email-backend.js';
import { type AdminEmailHandlerOptions, adminEmailHandlerSchema } from './admin-email-options.js';
import { DEFAULT_DIGEST } from './digest.js';
import { djangoSettings, findExceptionReporter } from './django-settings.js';
import type { ExceptionReporterClass } from './exception-reporter.js';
import { parseAddress, parseAddresses } from './mail-address.js';
import { MailQueue } from './mail-queue.js';
import { remoteAddress } from './web-request.js';

export type { AdminEmailHandlerOptions } from './admin-email-options.js';

/**
 * Django's handler of the same name: mails records with their traceback to the site's admins.
 *
 * Who they are, and where the mail server is, comes from {@link setDjangoSettings} or from the options. Without admins
 * nothing is sent. A record with a `request` in its `extra` says whether it came from one of `INTERNAL_IPS`.
 *
 * Storms, failures and delivery: as {@link SMTPHandler}. Needs the package `nodemailer`.
 *
 * Differs from Django: the report contains method, path and address of the request, and nothing else about it.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.AdminEmailHandler
 */
export class AdminEmailHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof adminEmailHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(AdminEmailHandler, {
    name: 'AdminEmailHandler',
    pythonNames: ['django.utils.log.AdminEmailHandler'],
    schema: adminEmailHandlerSchema,
  });

  /** What is promised of a record: it is sent, or lost and counted. */
  readonly delivery = 'at-most-once';
  /** Whether the report goes along as HTML too. */
  readonly include_html: boolean;
  /** Writes the report. */
  readonly reporter_class: ExceptionReporterClass;

  readonly #prefix: string;
  readonly #internalIps: readonly string[];
  readonly #mails: MailQueue | undefined;
  /** The record that is being emitted. */
  #emitted: LogRecord | undefined;

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
    const reporter = new FailureReporter(this);
    this.#mails = new MailQueue({ reporter, from, to, digest, maxRetries, ...findBackend(o) });
  }

  /** What became of the records so far; `undefined` without admins. */
  get stats(): QueueStats | undefined {
    return this.#mails?.stats;
  }

  /** Writes the mail and sends it. */
  emit(record: LogRecord): void {
    const isOverridden = this.send_mail !== AdminEmailHandler.prototype.send_mail;
    if ((this.#mails === undefined && !isOverridden) || isExporting(this)) return;
    const message = record.getMessage();
    const request = record.attribute('request');
    const ask = (answer: unknown, what: string) => textBy(answer, this, record, what);
    const subject = ask(
      this.format_subject(`${record.levelname}${this.#origin(request)}: ${message}`),
      'format_subject',
    );
    const error = hasError(record) ? record.excInfo : undefined;
    const reporter = new this.reporter_class({ request, error, message, isEmail: true });
    const report = ask(reporter.get_traceback_text(), 'get_traceback_text');
    const text = `${this.#formatWithoutError(record)}\n\n${report}\n`;
    const html = this.include_html ? ask(reporter.get_traceback_html(), 'get_traceback_html') : undefined;
    this.#emitted = record;
    try {
      settle(this.send_mail(subject, text, html, record.levelno), this, record);
    } finally {
      this.#emitted = undefined;
    }
  }

  /**
   * Sends a mail to the admins; override it to send it elsewhere.
   *
   * @param html The report as HTML, if it is to go along.
   * @param levelno Level of the record: when there is no room, mails of higher levels are kept longest.
   */
  send_mail(subject: string, message: string, html?: string, levelno = 40): void {
    this.#mails?.push({ subject: this.#prefix + subject, text: message, html }, levelno, this.#emitted);
  }

  /** Makes a subject one line. */
  format_subject(subject: string): string {
    return subject.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  }

  override flush(): void | Promise<void> {
    return this.#mails?.flush();
  }

  /** See {@link Handler.outlivesClose}: what comes after the end is lost. */
  override get outlivesClose(): boolean {
    return false;
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
      return textBy(this.format(record), this, record);
    } finally {
      record.excInfo = excInfo;
      record.excText = excText;
    }
  }
}
