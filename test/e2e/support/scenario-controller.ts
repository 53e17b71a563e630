import { Readable } from 'node:stream';
import {
  BadGatewayException,
  BadRequestException,
  Body,
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  HttpException,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Post,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  type Type,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  UsePipes,
  Version,
} from '@nestjs/common';
import { type Observable, of, throwError } from 'rxjs';

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class UnauthorizedGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException();
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

class BrokenInterceptor implements NestInterceptor {
  intercept(): never {
    throw new Error('the interceptor broke');
  }
}

class PassingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

/** Something the platforms' response objects share. */
interface AnyResponse {
  status(code: number): AnyResponse;
  send(body: unknown): unknown;
}

function failingStream(): Readable {
  let reads = 0;
  return new Readable({
    read() {
      reads += 1;
      if (reads <= 2) this.push(`part ${reads};`);
      else setTimeout(() => this.destroy(new Error('the stream broke')), 20);
    },
  });
}

/** Every way a request can go. A function, since filters are bound to classes for good. */
export function scenarioController(
  classDecorators: ClassDecorator[] = [],
  methodDecorators: MethodDecorator[] = [],
): Type {
  @Controller('scenarios')
  class ScenarioController {
    @Get('ok/:id')
    ok(@Param('id') id: string) {
      return { id };
    }

    @Get('text')
    @Header('content-type', 'text/plain')
    text() {
      return 'grüße';
    }

    @Post('created')
    created(@Body() body: unknown) {
      return { received: body };
    }

    @Get('empty')
    @HttpCode(204)
    empty() {}

    @Get('redirect')
    @Redirect('/scenarios/ok/1', 302)
    redirect() {}

    @Get('refused')
    @UseGuards(RefusingGuard)
    refused() {}

    @Get('unauthorized')
    @UseGuards(UnauthorizedGuard)
    unauthorized() {}

    @Get('broken-guard')
    @UseGuards(BrokenGuard)
    brokenGuard() {}

    @Get('pipe/:id')
    pipe(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }

    @Get('broken-pipe/:id')
    @UsePipes(BrokenPipe)
    brokenPipe(@Param('id') id: string) {
      return { id };
    }

    @Get('broken-interceptor')
    @UseInterceptors(BrokenInterceptor)
    brokenInterceptor() {}

    @Get('throws')
    throws() {
      throw new Error('thrown');
    }

    @Get('rejects')
    @UseInterceptors(PassingInterceptor)
    async rejects() {
      await Promise.resolve();
      throw new Error('rejected');
    }

    @Get('observable-fails')
    observableFails() {
      return throwError(() => new Error('observed'));
    }

    @Get('throws-string')
    throwsString() {
      throw 'a string';
    }

    @Get('throws-object')
    throwsObject() {
      throw { code: 17 };
    }

    @Get('throws-undefined')
    throwsUndefined() {
      throw undefined;
    }

    @Get('http-400')
    http400() {
      throw new BadRequestException('bad');
    }

    @Get('http-404')
    http404() {
      throw new NotFoundException();
    }

    @Get('http-500')
    http500() {
      throw new HttpException({ custom: 'body' }, 500);
    }

    @Get('http-502')
    http502() {
      throw new BadGatewayException('upstream');
    }

    @Get('caused')
    caused() {
      throw new Error('outer', { cause: new Error('inner') });
    }

    @Get('res')
    res(@Res() response: AnyResponse) {
      response.status(202).send({ own: true });
    }

    @Get('res-500')
    res500(@Res() response: AnyResponse) {
      response.status(500).send({ own: 'failure' });
    }

    @Get('res-throws')
    resThrows(@Res() _response: AnyResponse) {
      throw new Error('before the answer');
    }

    @Get('stream')
    stream() {
      return new StreamableFile(Readable.from(['one ', 'two ', 'three']));
    }

    @Get('stream-fails')
    streamFails() {
      return new StreamableFile(failingStream());
    }

    @Get('slow')
    async slow() {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return 'late';
    }

    @Sse('events')
    events() {
      return of({ data: 'first' }, { data: 'second' });
    }

    @Version('2')
    @Get('versioned')
    versioned() {
      return 'two';
    }

    @Get('middleware-throws')
    middlewareThrows() {}

    @Get('middleware-rejects')
    middlewareRejects() {}

    @Get('middleware-answers')
    middlewareAnswers() {}
  }
  for (const decorate of classDecorators) decorate(ScenarioController);
  for (const name of Object.getOwnPropertyNames(ScenarioController.prototype)) {
    if (name === 'constructor') continue;
    const descriptor = Object.getOwnPropertyDescriptor(
      ScenarioController.prototype,
      name,
    ) as PropertyDescriptor;
    for (const decorate of methodDecorators) decorate(ScenarioController.prototype, name, descriptor);
  }
  return ScenarioController;
}
