import { basename, extname } from 'node:path';
import { LoggingError } from '../../core/errors.js';
import { safeFields } from '../../core/formatting/safe-fields.js';
import { settle, textBy, wrongAnswer } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonValue } from '../../python/json/json-value.js';
import { cutText, cutToBytes } from '../../runtime/cut-text.js';
import { nodeModule } from '../../runtime/node-module.js';
import type { Backoff } from '../delivery/backoff.js';
import { NetworkHandler, type NetworkHandlerOptions } from '../network/network-handler.js';
import { formatRfc5424, formatStructuredData, type StructuredData } from './rfc5424.js';
import { FACILITY_NAMES, PRIORITY_MAP, PRIORITY_NAMES } from './syslog-priority.js';

/** The most that a sequence number may be, by RFC 5424; 1 comes after it. */
const MAX_SEQUENCE = 2_147_483_647;

type Element = readonly [id: string, params: readonly (readonly [name: string, value: string])[]];

/** What messages of syslog are made with. */
export interface SyslogSenderOptions extends NetworkHandlerOptions {
  readonly facility: string | number;
  readonly ident: string;
  readonly protocol: 'bsd' | 'rfc5424';
  readonly hostname?: string | undefined;
  readonly appName?: string | undefined;
  readonly procId?: string | undefined;
  readonly msgId?: string | undefined;
  readonly structuredData: StructuredData;
  readonly extraSdId?: string | undefined;
}

/** What handlers have in common that send records as messages of syslog. */
export abstract class SyslogSender extends NetworkHandler {
  /** Numbers of the facilities by name. */
  readonly facility_names: Readonly<Record<string, number>> = FACILITY_NAMES;
  /** Numbers of the severities by name. */
  readonly priority_names: Readonly<Record<string, number>> = PRIORITY_NAMES;
  /** Names of the severities by level name. */
  readonly priority_map: Readonly<Record<string, string>> = PRIORITY_MAP;

  /** What kind of program is logging. */
  facility: string | number;
  /** Put before each message. */
  ident: string;

  readonly #options: SyslogSenderOptions;
  readonly #isNumbered: boolean;
  // Read once: getting the host name is slow.
  readonly #hostname: string;
  readonly #appName: string;
  readonly #fixedData: readonly Element[];

  /** @param isNumbered Whether messages by RFC 5424 carry a number, by which a receiver knows one that came before. */
  constructor(options: SyslogSenderOptions, backoff: Backoff, isNumbered: boolean) {
    super(options, backoff, 'syslog');
    this.#options = options;
    this.#isNumbered = isNumbered;
    this.facility = options.facility;
    this.ident = options.ident;
    this.#hostname = options.hostname ?? nodeModule('node:os').hostname();
    this.#appName = options.appName ?? programName();
    this.#fixedData = Object.entries(options.structuredData).map(
      ([id, params]) => [id, Object.entries(params)] as const,
    );
  }

  /**
   * The number that starts a message: facility times eight plus severity.
   *
   * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` for a name that is not in `facility_names` or `priority_names`.
   */
  encodePriority(facility: string | number, priority: string | number): number {
    const code =
      typeof facility === 'string' ? this.#lookUp(this.facility_names, facility, 'facility') : facility;
    const severity =
      typeof priority === 'string' ? this.#lookUp(this.priority_names, priority, 'priority') : priority;
    return (code << 3) | severity;
  }

  /** The name of the severity for a level name, `warning` where there is none; override it for your own levels. */
  mapPriority(levelName: string): string {
    return Object.hasOwn(this.priority_map, levelName) ? (this.priority_map[levelName] as string) : 'warning';
  }

  /** A record as a message, cut to so many bytes. */
  protected syslogMessage(record: LogRecord, maxBytes: number): Buffer {
    const message = this.#options.protocol === 'bsd' ? this.#bsd(record) : this.#rfc5424(record, maxBytes);
    return Buffer.from(cutToBytes(message, maxBytes));
  }

  #bsd(record: LogRecord): string {
    // In Python's order, which an override can see.
    const text = this.#text(record);
    return `<${this.#priority(record)}>${this.ident}${text}`;
  }

  #rfc5424(record: LogRecord, maxBytes: number): string {
    const text = this.#text(record);
    return formatRfc5424({
      priority: this.#priority(record),
      created: record.created,
      hostname: this.#hostname,
      appName: this.#appName,
      procId: this.#options.procId ?? String(process.pid),
      msgId: this.#options.msgId ?? record.name,
      // Cut within, a message would be none that a server reads; half of it is for the text.
      structuredData: formatStructuredData(this.#structuredData(record), maxBytes / 2),
      message: this.ident + text,
    });
  }

  #priority(record: LogRecord): number {
    const priority: unknown = this.mapPriority(record.levelname);
    if (typeof priority !== 'string' && typeof priority !== 'number') {
      settle(priority, this, record);
      throw wrongAnswer('mapPriority', 'the name of a priority at once', priority);
    }
    const code: unknown = this.encodePriority(this.facility, priority as string);
    if (Number.isInteger(code) && (code as number) >= 0) return code as number;
    settle(code, this, record);
    throw wrongAnswer('encodePriority', 'an integer from 0 at once', code);
  }

  #text(record: LogRecord): string {
    return textBy(this.format(record), this, record);
  }

  #structuredData(record: LogRecord): readonly Element[] {
    const data = this.#isNumbered ? withSequence(this.#fixedData, this.nextSequence) : this.#fixedData;
    const { extraSdId } = this.#options;
    if (extraSdId === undefined) return data;
    const fields = Object.entries(safeFields(record));
    if (fields.length === 0) return data;
    return [...data, [extraSdId, fields.map(([name, value]) => [name, fieldText(value)] as const)]];
  }

  #lookUp(names: Readonly<Record<string, number>>, name: string, what: string): number {
    const number = Object.hasOwn(names, name) ? names[name] : undefined;
    if (number !== undefined) return number;
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `${this.constructor.name}: no ${what} named "${name}"; known are ${Object.keys(names).join(', ')}`,
    );
  }
}

/** With the number of the message in the element that RFC 5424 has for it, `meta`, which may be there for others. */
function withSequence(data: readonly Element[], sequence: number): readonly Element[] {
  const param = ['sequenceId', String(((sequence - 1) % MAX_SEQUENCE) + 1)] as const;
  if (!data.some(([id]) => id === 'meta')) return [...data, ['meta', [param]]];
  return data.map(([id, params]) => (id === 'meta' ? [id, [...params, param]] : [id, params]) as Element);
}

function programName(): string {
  const script = process.argv[1] ?? process.title;
  return basename(script, extname(script)) || 'node';
}

/** Characters of one field. */
const MAX_FIELD = 8_192;

/** A field's value as text: a string, a date or a BigInt without quotes, everything else as JSON; cut at 8 KiB. */
export function fieldText(value: unknown): string {
  if (typeof value === 'string') return cutText(value, MAX_FIELD);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const budget = new JsonBudget();
  budget.reset(MAX_FIELD);
  const json = jsonValue(value, budget) ?? '';
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}
