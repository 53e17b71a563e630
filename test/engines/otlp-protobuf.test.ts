import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { OTLPHandler } from '../../lib/handlers/shipping/otlp/otlp.handler.js';
import { HttpSink } from '../support/http-sink.js';
import { describeWithEngines, engineFile } from './support/engine.js';
import { corpus } from './support/record-corpus.js';

/** Reads a request with the official messages, writes it again, and gives both as JSON. */
const PROGRAM = `
import base64, json, sys
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
bodies = [base64.b64decode(line) for line in sys.stdin.read().split()]
requests = [ExportLogsServiceRequest.FromString(body) for body in bodies]
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
    beforeAll(async () => {
      sink = await new HttpSink().listen();
    });
    afterAll(() => sink?.close());

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
  },
);
