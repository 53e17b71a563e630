import { LogRecord } from '../../../lib/core/records/log-record.js';

/** One record of all kinds, and what an engine is to give back of it. */
export interface CorpusRecord {
  readonly record: LogRecord;
  readonly n: number;
  readonly message: string;
  /** Fields whose values are texts, numbers and booleans. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** The class of its error. */
  readonly error: string | undefined;
}

const LEVELS = [
  [10, 'DEBUG'],
  [20, 'INFO'],
  [30, 'WARNING'],
  [40, 'ERROR'],
  [50, 'CRITICAL'],
] as const;

const MESSAGES = [
  (n: number) => `order ${n} paid`,
  (n: number) => `заказ ${n} 注文 🎉 é ﷽ 𝕏`,
  (n: number) => `quotes " ' \\ and braces {"a":[1,2]} of ${n}`,
  (n: number) => `several\nlines\r\nand\ttabs of ${n}`,
  (n: number) => `controls \u0001 \u001b[31m \u007f \u009b \u2028 \u202e of ${n}`,
  (n: number) => `{"looks":"like JSON","n":${n}}`,
  (n: number) => `--- %s %d %(name)s \${x} <script>${n}</script>`,
];

const NUMBERS = [0, -1, 1.5, -0.25, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), 1e-7, 123_456.789];

class PaymentError extends Error {
  override name = 'PaymentError';
  code = 'E_CARD';
}

/** What changes its type from record to record. */
const MIXED = ['text', 7, true, { deep: { er: 1 } }, [1, 'two'], null, new Date(0), 12n];

/** Values that do something when they are touched. */
const hostile = () => ({
  get thrower() {
    throw new Error('hands off');
  },
  toJSON() {
    throw new Error('no JSON');
  },
});

/**
 * Records of all kinds: levels, scripts, controls, numbers at the edges, errors with causes, a few of 200 KB, fields whose
 * types conflict, and values that throw. They are of the last minutes, the oldest first.
 */
export function* corpus(count: number, now = Date.now()): Generator<CorpusRecord> {
  for (let n = 0; n < count; n++) {
    const [levelno, levelname] = LEVELS[n % LEVELS.length] as (typeof LEVELS)[number];
    let message = (MESSAGES[n % MESSAGES.length] as (typeof MESSAGES)[number])(n);
    if (n % 4_000 === 17) message = `long ${'ab é '.repeat(34_000)} of ${n}`;
    const fields: Record<string, string | number | boolean> = {
      n,
      ratio: NUMBERS[n % NUMBERS.length] as number,
      word: `wörd ${n % 10}`,
      flag: n % 2 === 0,
    };
    const extra: Record<string, unknown> = { ...fields, mixed: MIXED[n % MIXED.length] };
    if (n % 97 === 0) extra.hostile = hostile();
    const isFailed = n % 11 === 0;
    const cause = n % 22 === 0 ? new RangeError(`cause of ${n}`) : undefined;
    yield {
      record: new LogRecord({
        ...{ name: `shop.${n % 3}`, levelno, levelname, msg: message, extra },
        created: (now - count + n) / 1_000,
        excInfo: isFailed ? new PaymentError(`no card ${n}`, { cause }) : undefined,
      }),
      ...{ n, message, fields, error: isFailed ? 'PaymentError' : undefined },
    };
  }
}
