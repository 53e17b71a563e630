import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findComponent } from '../../lib/config/components/component-registry.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import {
  PythonJsonFormatter,
  type PythonJsonFormatterOptions,
} from '../../lib/formatters/python-json.formatter.js';
import { NullHandler } from '../../lib/handlers/null.handler.js';
import { resetLogging } from '../support/reset-logging.js';

type Data = Record<string, unknown>;

const boom = (): never => {
  throw new Error('boom');
};

function lineOf(formatter: PythonJsonFormatter, record: LogRecordOptions = {}): string {
  return formatter.format(new LogRecord({ name: 'shop', levelno: 20, created: 0, msg: 'paid', ...record }));
}

function line(options: PythonJsonFormatterOptions, record: LogRecordOptions = {}): string {
  return lineOf(new PythonJsonFormatter(options), record);
}

let stderr: jest.SpiedFunction<typeof process.stderr.write>;
const reports = () => stderr.mock.calls.map(([text]) => String(text)).join('');

beforeEach(() => {
  resetLogging();
  stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  resetLogging();
});

describe('A subclass of PythonJsonFormatter', () => {
  it('adds, computes and deletes fields in add_fields, behind those of the options', () => {
    class Custom extends PythonJsonFormatter {
      override add_fields(log_data: Data, record: LogRecord, message_dict: Data): void {
        super.add_fields(log_data, record, message_dict);
        log_data.level = record.levelname.toLowerCase();
        Reflect.deleteProperty(log_data, 'internal');
      }
    }
    expect(lineOf(new Custom({ fmt: '%(message)s' }), { extra: { user: 1, internal: 2 } })).toBe(
      '{"message": "paid", "user": 1, "level": "info"}',
    );
  });

  it('may put fields before those of the options', () => {
    class Custom extends PythonJsonFormatter {
      override add_fields(log_data: Data, record: LogRecord, message_dict: Data): void {
        log_data.message = 'later replaced';
        log_data.first = 1;
        super.add_fields(log_data, record, message_dict);
      }
    }
    expect(lineOf(new Custom())).toBe('{"message": "paid", "first": 1}');
  });

  it('writes what add_fields adds and nothing else if it does not ask the base class, as in Python', () => {
    class Custom extends PythonJsonFormatter {
      override add_fields(log_data: Data): void {
        log_data.only = true;
      }
    }
    expect(lineOf(new Custom())).toBe('{"only": true}');
  });

  it('is given the entries of a message that is an object, with the traceback', () => {
    const given = jest.fn();
    class Custom extends PythonJsonFormatter {
      override add_fields(log_data: Data, record: LogRecord, message_dict: Data): void {
        given({ ...message_dict });
        super.add_fields(log_data, record, message_dict);
      }
    }
    const msg = { order: 5 };
    lineOf(new Custom(), { msg, excInfo: new Error('no funds'), stackInfo: 'Stack:\n  at x' });
    expect(given).toHaveBeenCalledWith({
      order: 5,
      exc_info: expect.stringMatching(/^Error: no funds\n/),
      stack_info: 'Stack:\n  at x',
    });
    expect(msg).toEqual({ order: 5 });
  });

  it('changes or replaces everything in process_log_record', () => {
    class Changes extends PythonJsonFormatter {
      override process_log_record(log_data: Data): Data {
        log_data.added = 1;
        return log_data;
      }
    }
    class Replaces extends PythonJsonFormatter {
      override process_log_record(log_data: Data): Data {
        return { event: log_data };
      }
    }
    class Forgets extends PythonJsonFormatter {
      override process_log_record(log_data: Data): never {
        log_data.added = 2;
        return undefined as never;
      }
    }
    expect(lineOf(new Changes())).toBe('{"message": "paid", "added": 1}');
    expect(lineOf(new Replaces())).toBe('{"event": {"message": "paid"}}');
    expect(lineOf(new Forgets())).toBe('{"message": "paid", "added": 2}');
  });

  it('converts what JSON has not in json_default, at any depth', () => {
    class Money {
      constructor(readonly cents: number) {}
    }
    class Custom extends PythonJsonFormatter {
      override json_default(value: unknown): unknown {
        return value instanceof Money ? `${value.cents / 100} EUR` : super.json_default(value);
      }
    }
    const extra = { total: new Money(950), lines: [{ price: new Money(50) }], at: new Date(0) };
    expect(lineOf(new Custom(), { extra })).toBe(
      '{"message": "paid", "total": "9.5 EUR", "lines": [{"price": "0.5 EUR"}], "at": "1970-01-01T00:00:00+00:00"}',
    );
  });

  it('loses no record and throws nothing when its methods throw or answer with something else', () => {
    class Throws extends PythonJsonFormatter {
      override add_fields = boom;
      override process_log_record = boom;
      override json_default = boom;
    }
    expect(lineOf(new Throws(), { extra: { at: new Date(0), n: 1 } })).toBe(
      '{"message": "paid", "at": "[unreadable: boom]", "n": 1}',
    );
    class Late extends PythonJsonFormatter {
      override process_log_record = (async () => boom()) as never;
    }
    expect(lineOf(new Late())).toBe('{"message": "paid"}');
    class Wrong extends PythonJsonFormatter {
      override process_log_record = (() => 'text') as never;
    }
    expect(lineOf(new Wrong())).toBe('{"message": "paid"}');
    expect(reports()).toContain('boom');
    expect(reports()).toContain('process_log_record: expected a synchronous result, got a promise');
    expect(reports()).toContain('process_log_record: expected an object with the fields, got string');
  });

  it('reaches no prototype with a field called __proto__', () => {
    class Custom extends PythonJsonFormatter {
      override process_log_record(log_data: Data): Data {
        log_data.added = 1;
        return log_data;
      }
    }
    const text = lineOf(new Custom(), { msg: JSON.parse('{"__proto__":{"polluted":1}}') });
    expect(text).toBe('{"message": "", "__proto__": {"polluted": 1}, "added": 1}');
    expect(({} as Data).polluted).toBeUndefined();
  });
});

describe('The option json_default', () => {
  it('goes before the method, and is not asked for what JSON has', () => {
    const asked: unknown[] = [];
    const json_default = (value: unknown) => {
      asked.push(value);
      return value instanceof Set ? [...value] : undefined;
    };
    const set = new Set([1]);
    const extra = { tags: set, big: 5n, text: 'a', object: { list: [1, null, true] } };
    expect(line({ json_default }, { extra })).toBe(
      '{"message": "paid", "tags": [1], "big": 5, "text": "a", "object": {"list": [1, null, true]}}',
    );
    expect(asked).toEqual([set]);
  });

  it('may answer with anything: itself, a function again, a cycle', () => {
    class Node {
      readonly self = this;
    }
    const at = (json_default: (value: unknown) => unknown, value: unknown) =>
      JSON.parse(line({ json_default }, { extra: { value } })).value;
    expect(at((value) => value, new Date(0))).toBe('1970-01-01T00:00:00+00:00');
    expect(at(() => jest.fn(), boom)).toBe('boom');
    expect(at((value) => ({ again: value }), new Node())).toBeDefined();
    expect(at(() => null, new Date(0))).toBeNull();
  });

  it('is refused if it is no function', () => {
    expect(() => new PythonJsonFormatter({ json_default: 'str' as never })).toThrow(
      'PythonJsonFormatter.json_default: expected a function of a value',
    );
  });
});

describe('Fields that are hostile', () => {
  it('are written as unreadable', () => {
    const extra = Object.defineProperty({ n: 1 }, 'bad', { get: boom, enumerable: true });
    expect(line({}, { extra })).toBe('{"message": "paid", "n": 1, "bad": "[unreadable]"}');
    expect(line({ fmt: ['bad'] }, { extra })).toBe('{"bad": "[unreadable]", "n": 1}');
  });
});

describe('The names of other packages', () => {
  it.each(['pythonjsonlogger.orjson.OrjsonFormatter', 'pythonjsonlogger.msgspec.MsgspecFormatter'])(
    '%s is PythonJsonFormatter',
    (name) => {
      expect(findComponent('formatter', name)).toBe(PythonJsonFormatter);
    },
  );

  it('django.utils.log.NullHandler is NullHandler', () => {
    expect(findComponent('handler', 'django.utils.log.NullHandler')).toBe(NullHandler);
  });

  it("orjson's json_indent is true or false", () => {
    expect(line({ json_indent: true })).toBe('{\n  "message": "paid"\n}');
    expect(line({ json_indent: false })).toBe('{"message": "paid"}');
  });
});
