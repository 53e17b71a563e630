import { describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { JsonFormatter, type JsonFormatterOptions } from '../../lib/formatters/json.formatter.js';

/** In one go the reason is there too. */
const withoutReason = (line: string) => line.replace('[unreadable: never]', '[unreadable]');

/** Goes the long way: all fields are collected first. */
class Collecting extends JsonFormatter {
  protected override processFields(fields: Record<string, unknown>): Record<string, unknown> {
    return fields;
  }
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const trace = { trace_id: TRACE, span_id: SPAN };
const throwing = Object.defineProperty({ a: 1 }, 'b', {
  enumerable: true,
  get() {
    throw new Error('never');
  },
});
const unlisted = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error('never');
    },
  },
);

/** So many objects one in another. */
function nested(depth: number): unknown {
  return depth === 0 ? 'end' : { in: nested(depth - 1) };
}

const RECORDS: Readonly<Record<string, LogRecordOptions>> = {
  'a message alone': {},
  'fields of all kinds': {
    extra: {
      text: 'a"b\n\u202e',
      zero: -0,
      half: 0.5,
      nan: Number.NaN,
      big: 2n ** 70n,
      yes: true,
      none: null,
    },
  },
  'what is left out': { extra: { gone: undefined, there: 1 } },
  'values with members': { extra: { order: { id: 7, items: ['a', new Date(0)] }, map: new Map([['k', 1]]) } },
  'a context': { context: Object.freeze({ request_id: 'r1', user_id: 7 }), extra: { n: 1 } },
  'a context with a trace': { context: Object.freeze({ request_id: 'r1', ...trace }), extra: { n: 1 } },
  'a trace in the call': { extra: { ...trace, n: 1 } },
  'a trace that is none': { context: { trace_id: 'x', span_id: SPAN } },
  'half a trace': { context: { trace_id: TRACE } },
  'a trace in capitals': { context: { trace_id: TRACE.toUpperCase(), span_id: SPAN } },
  'a name in context and call': { context: { n: 1, m: 2 }, extra: { n: 3 } },
  'names of the product': {
    extra: { message: 'forged', '@timestamp': 1, log: 'x', 'log.level': 'x', level: 'x' },
  },
  'an object that is merged': { extra: { service: { id: 7 }, http: { version: 2 }, error: { code: 1 } } },
  'values where the product has objects': {
    context: Object.freeze({ request_id: 'r1', user: 'ann' }),
    extra: { cloud: 'aws', host: ['a', 'b'], error: null, n: 1, file: new Date(0), event: undefined },
  },
  'a value and an object where the product has objects': { extra: { user: { id: 7 }, cloud: 'aws' } },
  'a value where the product has an object, in context and call': {
    context: { user: 'ann' },
    extra: { user: 'bob' },
  },
  'its new name is taken': { extra: { user: 'ann', extra_user: 'bob' } },
  'its new name is taken, in the context': { context: { extra_user: 'bob' }, extra: { user: 'ann' } },
  'names that are numbers': { extra: { b: 1, 7: 'seven', a: 2 } },
  'names like those of an object': {
    extra: { constructor: 1, toString: 2, ['__proto__']: 3, hasOwnProperty: 4 },
  },
  'names that need escapes': { extra: { 'a"b': 1, 'c\nd': 2, '': 3 } },
  'static fields again': { extra: { region: 'us', service: 'other' } },
  'a request': { extra: { method: 'GET', path: '/', status: 200, duration_ms: 1.5 } },
  'a part of a request': { extra: { status: 'paid', path: '/' }, context: { method: 'card' } },
  'a whole request in two places': { extra: { status: 200, path: '/' }, context: { method: 'GET' } },
  'an error': { excInfo: new TypeError('no card') },
  'an error with fields': { excInfo: new TypeError('no "card"\n\u202e'), extra: { n: 1, text: 'a' } },
  'an error with a cause, members and properties': {
    excInfo: Object.assign(new AggregateError([new Error('a'), 'b'], 'all', { cause: new RangeError('c') }), {
      code: 'E1',
    }),
    context: Object.freeze({ request_id: 'r1', ...trace }),
  },
  'something thrown': { excInfo: 'out', extra: { n: 1 } },
  'an error without message': { excInfo: new Error() },
  'an error that is none': { excInfo: null },
  'an error and a stack': { excInfo: new TypeError('no card'), stackInfo: 'Stack' },
  'an error and a traceback': { excInfo: new TypeError('no card'), excText: 'Traceback\n"x"' },
  'an error of a request': {
    excInfo: new TypeError('no card'),
    extra: { method: 'GET', path: '/', status: 500, duration_ms: 1.5 },
  },
  'an error with a long message': { excInfo: new Error('x'.repeat(200_000)) },
  'a message and a traceback that are too long together': {
    msg: 'x'.repeat(40_000),
    excInfo: new Error('y'.repeat(25_500)),
  },
  'names of an error': {
    excInfo: new TypeError('no card'),
    extra: { 'exception.type': 'mine', error_type: 1, exception: 2, 'error.type': 3, stack_trace: 4 },
  },
  'names of an error, without one': {
    extra: { 'exception.type': 'mine', error_type: 1, exception: 2, 'error.type': 3, stack_trace: 4 },
  },
  'a message of blanks': { msg: ' \n\t', extra: { n: 1 } },
  'names with signs': { extra: { 'a b': 1, a_b: 2, 'c.d': 3, 'e-f': 4, _g: 5, é: 6 } },
  'names with signs that become the same': { extra: { 'a b': 1, 'a-b': 2, 'a,b': 3 } },
  'names that others write': {
    extra: { logger: 1, id: 2, extra_id: 3, Body: 4, Attributes: { a: 1 }, host: 5 },
  },
  'a field that looks as if it wrote all': { extra: { toJSON: () => 'forged', n: 1 } },
  'a very long name': { extra: { ['n'.repeat(256)]: 1, ['m'.repeat(255)]: 2 } },
  'values nested as deep as they are shown': {
    extra: { deep: nested(8), deeper: nested(9), deepest: nested(10) },
  },
  'a traceback': { excText: 'Traceback' },
  'a stack': { stackInfo: 'Stack' },
  'a field that throws': { extra: throwing },
  'fields that are not listed': { extra: unlisted },
  'a class of fields': {
    extra: new (class Fields {
      n = 1;
    })() as never,
  },
  'no prototype': { extra: Object.assign(Object.create(null), { n: 1 }) as never },
  'a long message': { msg: 'x'.repeat(200_000) },
  'long fields': { extra: { a: 'y'.repeat(100_000), b: 'z'.repeat(100_000) } },
  'many fields': { extra: Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`f${at}`, at])) },
  'a time that is none': { created: Number.NaN },
  'a time far away': { created: 1e12 },
  'a time just before the epoch': { created: -0.0001 },
  'a time between two milliseconds': { created: 1_704_467_049.1239 },
  'a hostile logger': { name: 'a"\n\u001b', levelname: 'IN"FO' },
  'a long name': { name: 'n'.repeat(2_000) },
};

const OPTIONS: readonly JsonFormatterOptions[] = [
  {},
  { static_fields: { service: 'shop', version: '2', region: 'eu' } },
  { rename_fields: { '@timestamp': 'time', message: 'text', n: 'number' } },
  { static_fields: { shop: { id: 1 } }, rename_fields: { region: 'area' } },
  { static_fields: { 9: 'nine', version: '2' } },
  { static_fields: { 'exception.type': 'fixed', environment: 'prod' } },
  { rename_fields: { Attributes: 'Fields', Body: 'Text', short_message: 'message', n: '_number' } },
  { project: 'shop-7', static_fields: { version: '2', environment: 'prod' } },
  {
    rename_fields: {
      timestamp: 'at',
      time: 'at',
      trace_id: 'trace',
      'dd.trace_id': 'trace',
      'dd.span_id': 'span',
    },
  },
];

describe.each(['ecs', 'logstash', 'gcp', 'datadog', 'cloudwatch', 'otel', 'gelf'] as const)(
  'a line in the shape %s',
  (shape) => {
    describe.each(OPTIONS)('with %j', (options) => {
      it.each(Object.keys(RECORDS))('says of %s the same in one go as by the long way', (name) => {
        const short = new JsonFormatter({ shape, ...options });
        const long = new Collecting({ shape, ...options });
        const record = () =>
          new LogRecord({
            ...{ name: 'shop', levelno: 20, levelname: 'INFO', created: 1_704_467_049.123, msg: 'paid' },
            ...RECORDS[name],
          });
        // More than once: names, levels and contexts are remembered.
        for (let turn = 0; turn < 3; turn++)
          expect(withoutReason(short.format(record()))).toBe(long.format(record()));
      });
    });

    it('keeps loggers, levels and contexts apart', () => {
      const short = new JsonFormatter({ shape });
      const long = new Collecting({ shape });
      const contexts = [undefined, Object.freeze({ a: 1 }), Object.freeze({ a: 2, ...trace }), { a: 3 }];
      for (let at = 0; at < 60; at++) {
        const record = () =>
          new LogRecord({
            ...{ name: `shop.${at % 2}`, levelno: (at % 3) * 10, levelname: `L${at % 5}`, created: at / 7 },
            ...{ msg: `message ${at}`, context: contexts[at % 4], extra: { n: at } },
          });
        expect(short.format(record())).toBe(long.format(record()));
      }
    });
  },
);
