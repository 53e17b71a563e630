import { checkLevel, type Level } from '../core/levels.js';
import { getLogger } from '../core/loggers/manager.js';
import type { LogRecord } from '../core/records/log-record.js';
import { afterwards } from './afterwards.js';
import { type CapturedRecord, keepRecord, outputLine, textLine } from './captured-record.js';
import { DISPOSE } from './dispose-symbols.js';
import { claimLevel, type LevelClaim, releaseLevel } from './level-claims.js';
import {
  type CaptureScope,
  type LoggerReference,
  nameOf,
  type RecordWatcher,
  unwatch,
  watch,
} from './record-tap.js';

/** What a capture is made of. Internal. */
export interface LogCaptureOptions {
  readonly logger?: LoggerReference;
  readonly level?: Level | undefined;
  readonly scope?: CaptureScope | undefined;
  /** Whether what is captured does not reach the handlers. */
  readonly isQuiet?: boolean;
  /** Whether the logger's level stays what it is. */
  readonly keepsLevel?: boolean;
}

/**
 * The records that were made while it was open, or are still being made; get one from `captureLogs`.
 *
 * @see https://docs.pytest.org/en/stable/how-to/logging.html#caplog-fixture
 */
export class LogCapture {
  /** Name of the logger whose records are captured, and those of the loggers below; `'root'`: all. */
  readonly name: string;

  readonly #watcher: RecordWatcher;
  readonly #entries: CapturedRecord[] = [];
  #level: number;
  #claim: LevelClaim | undefined;
  readonly #exact: LevelClaim[] = [];
  readonly #seen = new WeakSet<LogRecord>();
  #isTaking = false;
  #isOpen = true;

  /** @internal Use `captureLogs`. */
  constructor({ logger, level = 0, scope, isQuiet = false, keepsLevel = false }: LogCaptureOptions = {}) {
    this.name = nameOf(logger);
    this.#level = checkLevel(level, 'captureLogs.level');
    this.#watcher = this.#makeWatcher(scope, isQuiet);
    if (!keepsLevel) this.#claim = this.#claimLevel(this.name, this.#level, false);
    watch(this.#watcher);
  }

  /** The captured records, the oldest first. */
  get records(): LogRecord[] {
    return this.#entries.map(({ record }) => record);
  }

  /** Their messages, with arguments merged in. One that cannot be merged is replaced by a note. */
  get messages(): string[] {
    return this.#entries.map(({ message }) => message);
  }

  /** `LEVEL:logger:message` for each, with the traceback, as Python's `assertLogs` gives them. */
  get output(): string[] {
    return this.#entries.map(outputLine);
  }

  /** All of it as text, a line for each record: `LEVEL    logger:file:line message`, with tracebacks. */
  get text(): string {
    return this.#entries.map((entry) => `${textLine(entry)}\n`).join('');
  }

  /** Name, level number and message of each: handy to compare with `toEqual`. */
  get recordTuples(): [name: string, levelno: number, message: string][] {
    return this.#entries.map(({ record, message }) => [record.name, record.levelno, message]);
  }

  /** Records below it are not captured. */
  get level(): number {
    return this.#level;
  }

  /** Whether it still captures. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Sets a logger's level until the capture ends; on the captured logger also what the capture takes. After its end it does
   * nothing.
   *
   * @param logger Default the captured one.
   * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`
   */
  setLevel(level: Level, logger: LoggerReference = this.name): void {
    const levelno = checkLevel(level, 'setLevel');
    if (this.#isOpen) this.#exact.push(this.#claimExactly(levelno, nameOf(logger)));
  }

  /**
   * Sets a logger's level while a function runs, or until what is returned is disposed of.
   *
   * @param logger Default the captured one.
   * @returns What the function returns; without a function, what `using` ends.
   * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`
   */
  atLevel(level: Level, logger?: LoggerReference): Disposable;
  /** Sets a logger's level while a function runs. */
  atLevel<T>(level: Level, logger: LoggerReference, run: () => T): T;
  /** Sets the captured logger's level while a function runs. */
  atLevel<T>(level: Level, run: () => T): T;
  atLevel<T>(level: Level, loggerOrRun?: LoggerReference | (() => T), run?: () => T): Disposable | T {
    const isRun = typeof loggerOrRun === 'function';
    const before = this.#level;
    const claim = this.#claimExactly(
      checkLevel(level, 'atLevel'),
      isRun ? this.name : nameOf(loggerOrRun ?? this.name),
    );
    const restore = () => {
      releaseLevel(claim);
      this.#level = before;
    };
    const body = isRun ? loggerOrRun : run;
    return body === undefined ? { [DISPOSE]: restore } : afterwards(body, restore);
  }

  /** Forgets what was captured; goes on capturing. */
  clear(): void {
    this.#entries.length = 0;
  }

  /** Ends the capture and restores levels; what was captured stays readable. It may be called again. */
  stop(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    unwatch(this.#watcher);
    if (this.#claim !== undefined) releaseLevel(this.#claim);
    for (const claim of this.#exact) releaseLevel(claim);
  }

  /** The same as {@link LogCapture.stop}, for `using`. */
  [DISPOSE](): void {
    this.stop();
  }

  #makeWatcher(scope: CaptureScope | undefined, isQuiet: boolean): RecordWatcher {
    const capture = this;
    return {
      name: this.name,
      scope,
      isQuiet,
      get level() {
        return capture.#level;
      },
      get records() {
        return capture.records;
      },
      take: (record) => this.#take(record),
    };
  }

  #take(record: LogRecord): void {
    // A value that logs while it is printed would not end otherwise. A buffered record comes twice.
    if (this.#isTaking || this.#seen.has(record)) return;
    this.#seen.add(record);
    this.#isTaking = true;
    try {
      this.#entries.push(keepRecord(record));
    } finally {
      this.#isTaking = false;
    }
  }

  #claimExactly(level: number, name: string): LevelClaim {
    if (name === this.name) this.#level = level;
    return this.#claimLevel(name, level, true);
  }

  #claimLevel(name: string, level: number, isExact: boolean): LevelClaim {
    const claim = { logger: getLogger(name), level, isExact };
    claimLevel(claim);
    return claim;
  }
}
