import { formatTraceback } from '../../core/records/traceback.js';
import { describeRequest } from './web-request.js';

/** The input of a reporter. */
export interface ExceptionReport {
  /** The request, if the record has one as its `request`. */
  readonly request: unknown;
  /** What was thrown; `undefined` if nothing was. */
  readonly error: unknown;
  /** The record's message. */
  readonly message: string;
  /** That it is for a mail. */
  readonly isEmail: true;
}

/** A class that makes the traceback part of a mail. */
export type ExceptionReporterClass = new (
  report: ExceptionReport,
) => Pick<ExceptionReporter, 'get_traceback_text' | 'get_traceback_html'>;

/**
 * Writes what an {@link AdminEmailHandler} sends below the record: the traceback, and of the request its method, path
 * and address.
 *
 * Differs from Django: no headers, cookies, query, form or settings: what users typed does not belong in mails.
 */
export class ExceptionReporter {
  constructor(protected readonly report: ExceptionReport) {}

  /** The report as text. */
  get_traceback_text(): string {
    const { error, request } = this.report;
    const parts = [error === undefined ? 'No exception message supplied' : formatTraceback(error)];
    if (request !== undefined && request !== null) parts.push(`Request: ${describeRequest(request)}`);
    parts.push(`Node.js ${process.version}, process ${process.pid}`);
    return parts.join('\n\n');
  }

  /** The report as a page of HTML. */
  get_traceback_html(): string {
    const { message } = this.report;
    return `<!doctype html><html><head><meta charset="utf-8"><title>${escapeHtml(message)}</title></head><body><h1>${escapeHtml(
      message,
    )}</h1><pre>${escapeHtml(this.get_traceback_text())}</pre></body></html>`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
