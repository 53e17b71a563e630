/** Errors in messages that a filter of the application answers: what counts is the answer. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  type ExceptionFilter,
  type INestMicroservice,
  Module,
  UseFilters,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Payload, RpcException, Transport } from '@nestjs/microservices';
import { catchError, firstValueFrom, type Observable, of, throwError } from 'rxjs';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';

const REASON = 'Unique constraint failed';

/** An error of a library, which knows nothing of messages. */
class UniqueViolation extends Error {
  constructor(readonly answer: () => Observable<unknown>) {
    super(REASON);
  }
}

const answers: Readonly<Record<string, () => Observable<unknown>>> = {
  status: () => throwError(() => ({ status: 409, message: 'taken' })),
  exception: () => throwError(() => new RpcException({ statusCode: 409, message: 'taken' })),
  failure: () => throwError(() => ({ status: 'error', message: 'Internal server error' })),
  value: () => of({ taken: true }),
};

@Catch(UniqueViolation)
class MappingFilter implements ExceptionFilter<UniqueViolation> {
  catch({ answer }: UniqueViolation): Observable<unknown> {
    return answer();
  }
}

@Controller()
@UseFilters(MappingFilter)
class StockController {
  @MessagePattern('reserve')
  reserve(@Payload() answer: string): number {
    throw new UniqueViolation(answers[answer] as () => Observable<unknown>);
  }

  @MessagePattern('logged')
  logged(): number {
    const error = new Error('no such item');
    getLogger('stock').exception('cannot reserve', error);
    throw error;
  }
}

describe('a message whose error a filter answers', () => {
  const recorder = new Recorder();
  let app: INestMicroservice;

  async function ask(pattern: string, payload: string) {
    class Stock {}
    Module({ imports: [loggedModule(recorder)], controllers: [StockController] })(Stock);
    const options = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 4_392 } } as const;
    app = await NestFactory.createMicroservice(Stock, { ...options, logger: false });
    await app.listen();
    recorder.clear();
    const client = ClientProxyFactory.create(options);
    await firstValueFrom(client.send(pattern, payload).pipe(catchError(() => of(0))));
    await recorder.settled('nest.rpc', 1);
    client.close();
    return recorder.of('nest.rpc');
  }
  afterEach(async () => {
    await app.close();
    recorder.clear();
  });

  it.each([
    ['status', 'WARNING', 'refused', false],
    ['exception', 'WARNING', 'refused', false],
    ['failure', 'ERROR', 'failed', true],
    ['value', 'ERROR', 'failed', true],
  ])('with a %s is at %s, %s', async (answer, level, outcome, hasTraceback) => {
    const records = await ask('reserve', answer);
    expect(records.map((record) => [record.levelname, record.extraFields().outcome])).toEqual([
      [level, outcome],
    ]);
    expect(records[0]?.extraFields().error).toBe('UniqueViolation');
    expect(records[0]?.extraFields().reason).toBe(outcome === 'refused' ? REASON : undefined);
    expect(records[0]?.excInfo !== undefined).toBe(hasTraceback);
  });

  it('refers to the traceback of an error that was logged before', async () => {
    const [record] = await ask('logged', '');
    expect(record?.excText).toBe('Error: no such item [logged above by stock]');
  });
});
