import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { OTLPHandler } from '../../lib/handlers/shipping/otlp/otlp.handler.js';
import { HttpSink } from '../support/http-sink.js';
import { describeWithEngines, engineFile } from './support/engine.js';
import { corpus } from './support/record-corpus.js';

/** Reads a request with the official messages, writes it again, and gives both as JSON. */
const PROGRAM = `
import base64, json, sys
from google.protobuf.json_format import MessageToDict, Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
bodies = [base64.b64decode(line) for line in sys.stdin.read().split()]
def read(body):
    if body.startswith(b'{'): return Parse(body, ExportLogsServiceRequest())
    return ExportLogsServiceRequest.FromString(body)
requests = [read(body) for body in bodies]
print(json.dumps({
  'same': [request.SerializeToString() == body for request, body in zip(requests, bodies)],
  'requests': [MessageToDict(request) for request in requests],
}))
`;

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: string;
  readonly doubleValue?: number | string;
  readonly boolValue?: boolean;
}

interface Request {
  readonly resourceLogs: readonly {
    readonly resource: object;
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string };
      readonly logRecords: readonly {
        readonly timeUnixNano: string;
        readonly severityNumber: string;
        readonly severityText: string;
        readonly body: AnyValue;
        readonly traceId?: string;
        readonly attributes: readonly { readonly key: string; readonly value: AnyValue }[];
      }[];
    }[];
  }[];
}

describeWithEngines(
  ['opentelemetry-proto'],
  'OTLP in Protocol Buffers, read with the official messages',
  () => {
    let sink: HttpSink;
    beforeEach(async () => {
      sink = await new HttpSink().listen();
    });
    afterEach(() => sink?.close());

    function read(): { same: boolean[]; requests: Request[] } {
      const { stdout, stderr } = spawnSync(
        engineFile('opentelemetry-proto', 'bin', 'python3'),
        ['-c', PROGRAM],
        {
          input: sink.requests.map(({ bytes }) => bytes.toString('base64')).join('\n'),
          encoding: 'utf8',
          maxBuffer: 1 << 29,
        },
      );
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as { same: boolean[]; requests: Request[] };
    }

    it('says of 2,000 records of all kinds what was logged, byte for byte as the official encoder writes it', async () => {
      const handler = new OTLPHandler({
        endpoint: `http://${sink.host}`,
        resource: { 'service.name': 'shop', n: 1 },
      });
      const all = [...corpus(2_000)];
      for (const { record } of all) handler.handle(record);
      handler.handle(
        new LogRecord({
          ...{ name: 'trace', levelno: 25, levelname: 'NOTICE', msg: 'traced', created: 1_704_467_049.123 },
          extra: { big: 2n ** 63n - 1n, huge: 2n ** 70n, list: [1, [2.5, null]], minus: -0, low: -5 },
          context: { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' },
        }),
      );
      await handler.close();
      expect(handler.stats).toMatchObject({ delivered: 2_001, dropped: 0 });
      const { same, requests } = read();
      expect(same.every(Boolean)).toBe(true);
      const records = requests.flatMap(({ resourceLogs }) =>
        resourceLogs.flatMap(({ scopeLogs }) =>
          scopeLogs.flatMap(({ scope, logRecords }) =>
            logRecords.map((record) => ({ scope: scope.name, ...record })),
          ),
        ),
      );
      expect(records).toHaveLength(2_001);
      const attribute = (attributes: (typeof records)[number]['attributes'], name: string) =>
        attributes.find(({ key }) => key === name)?.value ?? {};
      const byNumber = new Map(
        records.map((record) => [Number(attribute(record.attributes, 'n').intValue), record]),
      );
      for (const { record, n, message, fields, error } of all) {
        const got = byNumber.get(n);
        if (got === undefined) throw new Error(`record ${n} is not there`);
        const { intValue, doubleValue } = attribute(got.attributes, 'ratio');
        expect({
          ...{
            scope: got.scope,
            body: got.body.stringValue,
            level: got.severityText,
            time: got.timeUnixNano,
          },
          ...{ ratio: Number(intValue ?? doubleValue), word: attribute(got.attributes, 'word').stringValue },
          flag: attribute(got.attributes, 'flag').boolValue,
          error: attribute(got.attributes, 'exception.type').stringValue,
        }).toEqual({
          ...{ scope: record.name, body: message, level: record.levelname },
          time: `${Math.round(record.created * 1_000)}000000`,
          ...{ ratio: fields.ratio, word: fields.word, flag: fields.flag, error },
        });
      }
      expect(records.find(({ scope }) => scope === 'trace')).toMatchObject({
        severityNumber: 'SEVERITY_NUMBER_INFO3',
        traceId: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex').toString('base64'),
        attributes: [
          { key: 'big', value: { intValue: String(2n ** 63n - 1n) } },
          { key: 'huge', value: { stringValue: String(2n ** 70n) } },
          {
            key: 'list',
            value: {
              arrayValue: {
                values: [{ intValue: '1' }, { arrayValue: { values: [{ doubleValue: 2.5 }, {}] } }],
              },
            },
          },
          { key: 'minus', value: { doubleValue: -0 } },
          { key: 'low', value: { intValue: '-5' } },
        ],
      });
    });

    it.each(['http/protobuf', 'http/json'] as const)(
      'has each attribute once, by %s, whatever it is called and holds',
      async (protocol) => {
        const handler = new OTLPHandler({ endpoint: `http://${sink.host}`, protocol });
        const names = [
          '',
          'extra_',
          '__proto__',
          'constructor',
          'a.b',
          'a',
          'a\0b',
          'exception.type',
          'extra_exception.type',
        ];
        const extra = {
          ...Object.fromEntries(names.map((name) => [name, `value of ${name}`])),
          ...{
            nan: Number.NaN,
            endless: Number.NEGATIVE_INFINITY,
            e21: 1e21,
            p63: 2 ** 63,
            half: 'a\ud800b',
          },
          ...{ long: 'x'.repeat(200_000), trace_id: '0'.repeat(32), inner: { '': 1, half: ['\udc00'] } },
        };
        const error = new TypeError('no card');
        for (const excInfo of [error, undefined])
          handler.handle(
            new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: '\udfff', extra, excInfo }),
          );
        await handler.close();
        expect(handler.stats).toMatchObject({ delivered: 2, dropped: 0 });
        const records = read().requests[0]?.resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];
        expect(records).toHaveLength(2);
        for (const { attributes, body, traceId } of records) {
          const keys = attributes.map(({ key }) => key);
          expect([keys.length, keys.includes('')]).toEqual([new Set(keys).size, false]);
          const texts = attributes.map(({ value }) => value.stringValue);
          expect(texts).toEqual(expect.arrayContaining(names.map((name) => `value of ${name}`)));
          expect(texts).toEqual(expect.arrayContaining(['a\ufffdb', extra.long, extra.trace_id]));
          const doubles = attributes
            .map(({ value }) => value.doubleValue)
            .filter((value) => value !== undefined);
          expect(doubles).toEqual(['NaN', '-Infinity', 1e21, 2 ** 63]);
          expect([body.stringValue, traceId]).toEqual(['\ufffd', undefined]);
        }
      },
    );
  },
);
