import { describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { arrivedRecords, RecordPacker } from '../../../lib/handlers/wire/portable-records.js';

const made = (options: object) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'paid', ...options });

/** Records as another thread has them. */
function sent(...records: LogRecord[]): LogRecord[] {
  const packer = new RecordPacker();
  for (const record of records) packer.add(record, false);
  return arrivedRecords(structuredClone(packer.records));
}

describe('records for another thread', () => {
  it('arrive as they were, in their order, whatever they share', () => {
    const given = [
      made({ extra: { order: 1, item: 'tea' } }),
      made({ extra: { order: 2, item: 'tea' }, msg: '%s of %d', args: ['paid', 2] }),
      made({ name: 'shop.orders', levelno: 30, levelname: 'WARNING' }),
      made({ extra: { item: 'tea', order: 3 } }),
      made({ extra: {}, context: { request_id: 'a' } }),
      made({ extra: { order: 4, item: { name: 'tea' } }, excInfo: new Error('no card'), stackInfo: 'a\nb' }),
      made({ extra: { order: 5 } }),
    ];
    const records = sent(...given);
    expect(records.map((record) => record.getMessage())).toEqual(given.map((record) => record.getMessage()));
    expect(records.map((record) => Object.entries(record.extraFields()))).toEqual(
      given.map((record) => Object.entries(record.extraFields())),
    );
    const facts = ({
      name,
      levelno,
      levelname,
      created,
      relativeCreated,
      thread,
      threadName,
    }: LogRecord) => ({
      ...{ name, levelno, levelname, created, relativeCreated, thread, threadName },
    });
    expect(records.map(facts)).toEqual(given.map(facts));
    expect(records[5]?.excText).toMatch(/^Error: no card\n/);
    expect(records[5]?.stackInfo).toBe('a\nb');
    expect(records[6]?.excText).toBeUndefined();
  });

  it('keep fields apart that differ in their names alone, however many kinds there are', () => {
    const given = Array.from({ length: 60 }, (_, at) =>
      made({ name: `shop.part${at % 20}`, extra: { [`step${at % 30}`]: at } }),
    );
    const records = sent(...given);
    expect(records.map(({ name }) => name)).toEqual(given.map(({ name }) => name));
    expect(records.map((record) => record.extraFields())).toEqual(
      given.map((record) => record.extraFields()),
    );
  });

  it('have the call’s value where the context has the same field', () => {
    const [record] = sent(made({ context: { user: 'ann', tenant: 'a' }, extra: { user: 'bob' } }));
    expect(Object.entries(record?.extraFields() ?? {})).toEqual([
      ['user', 'bob'],
      ['tenant', 'a'],
    ]);
  });

  it('cannot reach a prototype by a field’s name', () => {
    const [record] = sent(made({ extra: JSON.parse('{"__proto__":{"admin":true},"constructor":1}') }));
    expect(Object.keys(record?.extraFields() ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('are left out whole if their message cannot be made, and spoil no other', () => {
    const packer = new RecordPacker();
    const spoilt = made({ extra: { order: 1 } });
    spoilt.getMessage = () => {
      throw new Error('no message');
    };
    packer.add(made({ extra: { order: 0 } }), false);
    expect(() => packer.add(spoilt, false)).toThrow('no message');
    packer.add(made({ extra: { order: 2 } }), false);
    const records = arrivedRecords(structuredClone(packer.records));
    expect(records.map((record) => record.extraFields().order)).toEqual([0, 2]);
  });
});
