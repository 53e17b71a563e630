import {
  BadRequestException,
  type CanActivate,
  Controller,
  HttpException,
  ParseIntPipe,
  type PipeTransform,
  Scope,
  type Type,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { concat, of, throwError } from 'rxjs';
import { bindContext } from '../../../lib/context/context.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class BrokenGuard implements CanActivate {
  canActivate(): boolean {
    throw new TypeError('the guard broke');
  }
}

class BrokenPipe implements PipeTransform {
  transform(): never {
    throw new RangeError('the pipe broke');
  }
}

class TalkingGuard implements CanActivate {
  canActivate(): boolean {
    getLogger('guard').info('asked');
    return true;
  }
}

/** Every way a message can go. A function, since filters are bound to classes for good. */
export function rpcControllers(decorators: MethodDecorator[] = []): Type[] {
  @Controller()
  class RpcController {
    @MessagePattern('value')
    @UseGuards(TalkingGuard)
    value(@Payload() data: unknown) {
      bindContext({ bound: 'here' });
      getLogger('handler').info('called');
      return { data };
    }

    @MessagePattern({ cmd: 'later' })
    async later(@Payload() data: number) {
      await new Promise((resolve) => setTimeout(resolve, 15));
      getLogger('handler').info('called');
      return data + 1;
    }

    @MessagePattern('stream')
    stream() {
      return of(1, 2, 3);
    }

    @MessagePattern('throws')
    throws() {
      throw new Error('thrown');
    }

    @MessagePattern('rejects')
    async rejects() {
      await Promise.resolve();
      throw new Error('rejected');
    }

    @MessagePattern('stream-fails')
    streamFails() {
      return concat(
        of('first'),
        throwError(() => new Error('observed')),
      );
    }

    @MessagePattern('string')
    string() {
      throw 'a string';
    }

    @MessagePattern('rpc-exception')
    rpcException() {
      throw new RpcException('meant');
    }

    @MessagePattern('rpc-404')
    rpc404() {
      throw new RpcException({ status: 404, message: 'not there' });
    }

    @MessagePattern('http-400')
    http400() {
      throw new BadRequestException('bad');
    }

    @MessagePattern('http-500')
    http500() {
      throw new HttpException('broken', 500);
    }

    @MessagePattern('refused')
    @UseGuards(RefusingGuard)
    refused() {}

    @MessagePattern('broken-guard')
    @UseGuards(BrokenGuard)
    brokenGuard() {}

    @MessagePattern('broken-pipe')
    @UsePipes(BrokenPipe)
    brokenPipe(@Payload() data: unknown) {
      return data;
    }

    @MessagePattern('parsed')
    parsed(@Payload(ParseIntPipe) data: number) {
      return data;
    }

    @EventPattern('happened')
    happened(@Payload() _data: unknown) {
      getLogger('handler').info('called');
    }

    @EventPattern('went-wrong')
    wentWrong(@Payload() _data: unknown) {
      throw new Error('the listener threw');
    }

    @EventPattern('two')
    first(@Payload() _data: unknown) {
      getLogger('handler').info('first');
    }
  }

  @Controller()
  class SecondController {
    @EventPattern('two')
    second(@Payload() _data: unknown) {
      getLogger('handler').info('second');
      throw new Error('the second listener threw');
    }
  }

  @Controller({ scope: Scope.REQUEST })
  class ScopedController {
    @MessagePattern('scoped')
    scoped() {
      getLogger('handler').info('called');
      return 'scoped';
    }

    @MessagePattern('scoped-throws')
    scopedThrows() {
      throw new Error('thrown in scope');
    }
  }
  for (const type of [RpcController, SecondController, ScopedController]) {
    for (const name of Object.getOwnPropertyNames(type.prototype)) {
      if (name === 'constructor') continue;
      const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name) as PropertyDescriptor;
      for (const decorate of decorators) decorate(type.prototype, name, descriptor);
    }
  }
  return [RpcController, SecondController, ScopedController];
}

/** A message and what it leaves in the log. */
export interface RpcScenario {
  readonly pattern: string | { readonly cmd: string };
  readonly data?: unknown;
  readonly isEvent?: boolean;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** Whether the record has a traceback; by default those that failed have. */
  readonly hasTraceback?: boolean;
  readonly handler: string | null;
}

/** Every way a message can go. */
export const rpcScenarios: readonly RpcScenario[] = [
  { pattern: 'value', data: 7, outcome: 'ok', handler: 'value' },
  { pattern: { cmd: 'later' }, data: 7, outcome: 'ok', handler: 'later' },
  { pattern: 'stream', outcome: 'ok', handler: 'stream' },
  { pattern: 'throws', outcome: 'failed', handler: 'throws' },
  { pattern: 'rejects', outcome: 'failed', handler: 'rejects' },
  { pattern: 'stream-fails', outcome: 'failed', handler: 'streamFails' },
  { pattern: 'string', outcome: 'failed', handler: 'string' },
  { pattern: 'rpc-exception', outcome: 'refused', hasTraceback: true, handler: 'rpcException' },
  { pattern: 'rpc-404', outcome: 'refused', handler: 'rpc404' },
  { pattern: 'http-400', outcome: 'refused', handler: 'http400' },
  { pattern: 'http-500', outcome: 'failed', handler: 'http500' },
  { pattern: 'refused', outcome: 'refused', handler: 'refused' },
  { pattern: 'broken-guard', outcome: 'failed', handler: 'brokenGuard' },
  { pattern: 'broken-pipe', outcome: 'failed', handler: 'brokenPipe' },
  { pattern: 'parsed', data: 'x', outcome: 'refused', handler: 'parsed' },
  { pattern: 'scoped', outcome: 'ok', handler: 'scoped' },
  { pattern: 'scoped-throws', outcome: 'failed', handler: 'scopedThrows' },
  { pattern: 'happened', isEvent: true, outcome: 'ok', handler: 'happened' },
  { pattern: 'went-wrong', isEvent: true, outcome: 'failed', handler: 'wentWrong' },
  { pattern: 'two', isEvent: true, outcome: 'failed', handler: null },
];
