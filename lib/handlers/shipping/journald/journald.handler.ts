import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { whenActive } from '../../../core/activation.js';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { LoggingError } from '../../../core/errors.js';
import { LEAN } from '../../../core/lean.js';
import { checkOptions } from '../../../core/options.js';
import { textBy } from '../../../core/overrides.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import { tracebackText } from '../../../core/records/record-traceback.js';
import { lazy } from '../../../runtime/lazy.js';
import { includeCallerEntry } from '../../handler-options.js';
import { loadSoon } from '../brokers/client.js';
import type { SendResult } from '../destination.js';
import type { ShippingEntry } from '../shipping-entry.js';
import { ShippingHandler } from '../shipping-handler.js';
import { shippingEntries } from '../shipping-options.js';
import { journalEntry, toNative } from './journal-entry.js';
import { type JournalWay, nativeWay, streamWay } from './journal-ways.js';

/** The keys of a JournaldHandler in a configuration. */
const journaldHandlerSchema = lazy(() =>
  v.strictObject({
    identifier: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[^\0-\x20\x7f]+$/, 'expected a name without spaces'),
        v.description('The name that `journalctl -t` finds records by; default that of the program.'),
      ),
    ),
    protocol: v.optional(
      v.pipe(
        v.picklist(['native', 'stream'], "expected 'native' or 'stream'"),
        v.description(
          'How records travel: `native` keeps fields and needs `unix-dgram`, `stream` writes lines; default `native` where `unix-dgram` is installed.',
        ),
      ),
    ),
    directory: v.optional(
      v.pipe(
        v.string(),
        v.nonEmpty('expected a folder'),
        v.description(
          "The folder of the journal's sockets: `/run/systemd/journal.NAME` is that of a namespace.",
        ),
      ),
      '/run/systemd/journal',
    ),
    includeCaller: includeCallerEntry('CODE_FILE, CODE_LINE and CODE_FUNC'),
    ...shippingEntries(),
  }),
);

/** Options of JournaldHandler. */
export type JournaldHandlerOptions = v.InferInput<ReturnType<typeof journaldHandlerSchema>>;

/** What of a datagram's room the system needs for itself. */
const DATAGRAM_HEAD = 512;

/**
 * Writes records to the journal of systemd.
 *
 * An entry has the fields MESSAGE, with the traceback of an error behind it, PRIORITY, SYSLOG_IDENTIFIER, LEVEL, LOGGER,
 * TIMESTAMP, the time of the log call, EXCEPTION_TYPE, and those of the record, their names in capitals. One whose name
 * is taken by these, or means something to the journal, is `FIELD_…`.
 *
 * Node has no datagrams over unix sockets: the native protocol needs the package `unix-dgram`. Without it records are
 * lines of at most 48 KiB, the message and behind it the fields as JSON; that is warned of once, unless `protocol` is
 * `'stream'`. With `protocol: 'native'` the missing package is an error.
 *
 * An entry is at most as long as a datagram of the system, 208 KiB mostly. The message of a longer one, or of a longer
 * line, is cut, and its long fields are left out, with TRUNCATED.
 *
 * Delivery is `at-most-once`, with a `spool` too, for the journal acknowledges nothing: what its socket has taken counts as
 * delivered. systemd keeps that socket while journald is started again, so what waits in it arrives. While there is no
 * journal, records wait, and with a `spool` outlive the process.
 *
 * @example
 * new JournaldHandler({ identifier: 'shop' })
 * @see https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
 */
export class JournaldHandler extends ShippingHandler<Buffer> {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof journaldHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(JournaldHandler, {
    name: 'JournaldHandler',
    schema: journaldHandlerSchema,
  });

  readonly #identifier: string;
  readonly #hasCaller: boolean;
  readonly #protocol: 'native' | 'stream' | undefined;
  readonly #native: JournalWay;
  readonly #stream: JournalWay;
  /** The way that is taken, once that is known. */
  #way: JournalWay | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`; `ERR_LOGGING_FILE` if the spool cannot be used. */
  constructor(options: JournaldHandlerOptions = {}) {
    const o = checkOptions(
      'JournaldHandler',
      journaldHandlerSchema(),
      options,
      new.target === JournaldHandler,
    );
    super(o, {
      name: 'journald',
      entries: 'bytes',
      isAnswered: false,
      receiver: o.directory,
      limits: { maxRecordBytes: datagramBytes() - DATAGRAM_HEAD },
    });
    this.#identifier = o.identifier ?? programName();
    this.#hasCaller = o.includeCaller;
    this.#protocol = o.protocol;
    this.#native = nativeWay(o.directory, this.settings.timeoutMs / 2);
    this.#stream = streamWay(o.directory, this.#identifier, o.spool !== undefined);
    if (o.protocol === 'native') loadSoon(this, () => this.#choose());
    else whenActive({ commit: () => void this.#choose().catch(() => undefined) });
  }

  protected override encode(record: LogRecord): Buffer {
    const message =
      this.formatter === null ? wholeMessage(record) : textBy(this.format(record), this, record);
    return toNative(journalEntry(record, message, this.#identifier, this.#hasCaller));
  }

  protected override async send(
    batch: readonly ShippingEntry<Buffer>[],
    signal: AbortSignal,
  ): Promise<SendResult> {
    const way = await this.#choose();
    return way.send(
      batch.map(({ item }) => item),
      signal,
    );
  }

  protected override disconnect(): void {
    this.#way?.close();
  }

  async #choose(): Promise<JournalWay> {
    if (this.#way !== undefined) return this.#way;
    if (this.#protocol === 'stream') return this.#take(this.#stream);
    try {
      await this.#native.open();
      this.#native.close();
    } catch (error) {
      const isMissing = error instanceof LoggingError && error.code === 'ERR_LOGGING_MISSING_PACKAGE';
      if (!isMissing || this.#protocol === 'native') throw error;
      if (this.#way === undefined) warnOfLines();
      return this.#take(this.#stream);
    }
    return this.#take(this.#native);
  }

  #take(way: JournalWay): JournalWay {
    this.#way = way;
    return way;
  }
}

/** The message as it is, since nothing in a field can forge another, and behind it the traceback. */
function wholeMessage(record: LogRecord): string {
  const traceback = tracebackText(record);
  return traceback ? `${record.getMessage()}\n${traceback}` : record.getMessage();
}

function warnOfLines(): void {
  process.emitWarning(
    'JournaldHandler writes records as lines, without fields that journalctl can search: npm install unix-dgram',
    { code: 'LOGGING_JOURNAL_LINES' },
  );
}

/** The name of the program, as `journalctl -t` takes it. */
function programName(): string {
  return basename(process.argv[1] ?? process.execPath).replace(/[\0-\x20\x7f]/g, '_') || 'node';
}

/** How long a datagram may be, unless the system says otherwise. */
function datagramBytes(): number {
  try {
    return Number(readFileSync('/proc/sys/net/core/wmem_default', 'utf8')) || MAX_DATAGRAM;
  } catch {
    return MAX_DATAGRAM;
  }
}

const MAX_DATAGRAM = 212_992;
