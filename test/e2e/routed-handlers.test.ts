import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  Scope,
  type Type,
  Version,
  VersioningType,
} from '@nestjs/common';
import { ApplicationConfig, NestFactory } from '@nestjs/core';
import { type FastifyAdapter, RouteConfig, RouteConstraints } from '@nestjs/platform-fastify';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { exchange, statusOf } from './support/wire.js';

expectEveryInternal();

abstract class Crud {
  @Get('all')
  all(): string {
    return this.constructor.name;
  }
}

@Controller('cats')
class Cats extends Crud {
  @Get('own')
  own(): string {
    return 'own';
  }
}

@Controller('dogs')
class Dogs extends Crud {}

/** A decorator as many are written: what it puts in the method's place has no name. */
const wrapped: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  const { value } = descriptor;
  descriptor.value = (() =>
    function (this: unknown, ...args: unknown[]) {
      return value.apply(this, args);
    })();
};

@Controller('birds')
class Birds {
  @Get('own')
  @wrapped
  own(): string {
    return 'own';
  }
}

@Controller({ path: 'hosted', host: 'localhost' })
class Here {
  @Get()
  find(): string {
    return 'here';
  }
}

@Controller({ path: 'elsewhere', host: 'elsewhere.test' })
class Elsewhere {
  @Get()
  find(): string {
    return 'elsewhere';
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class Scoped {
  @Get(':id')
  find(): string {
    return 'scoped';
  }
}

@Controller('versioned')
class Versioned {
  @Version('2')
  @Get()
  find(): string {
    return 'two';
  }
}

@Controller('fastify')
class Configured {
  @RouteConfig({ colour: 'red' })
  @RouteConstraints({ host: 'localhost' })
  @HttpCode(202)
  @Get('configured')
  find(): string {
    return 'configured';
  }

  @RouteConstraints({ host: 'elsewhere.test' })
  @Get('elsewhere')
  elsewhere(): string {
    return 'elsewhere';
  }
}

const refuseAll: CanActivate = { canActivate: () => false };

describe.each(platforms)('the handlers of requests on $name', ({ name, createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    recorder.clear();
  });

  async function start(controllers: Type[], prepare: (app: INestApplication) => void = () => {}) {
    class Application {}
    Module({ imports: [loggedModule(recorder)], controllers })(Application);
    app = await NestFactory.create(Application, createAdapter(), { logger: false });
    prepare(app);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const guards = app.get(ApplicationConfig).getGlobalGuards().length;
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      recorder.clear();
      const status = statusOf(await exchange(port, { path, headers }));
      await recorder.settled('nest.server', 1);
      const { controller, handler, route } = recorder.of('nest.server')[0]?.extraFields() ?? {};
      return [status, controller, handler, route];
    };
    return { ask, guards };
  }

  it('are found without a guard, each with its route, however often it is asked for', async () => {
    const { ask, guards } = await start([Cats, Scoped]);
    expect(guards).toBe(0);
    for (let time = 0; time < 2; time += 1) {
      expect(await ask('/cats/own')).toEqual([200, 'Cats', 'own', '/cats/own']);
      expect(await ask('/scoped/7')).toEqual([200, 'Scoped', 'find', '/scoped/:id']);
    }
    expect(await ask('/cats/none')).toEqual([404, null, null, null]);
  });

  it('are found for requests that a guard of the application refuses', async () => {
    const { ask } = await start([Cats], (starting) => starting.useGlobalGuards(refuseAll));
    expect(await ask('/cats/own')).toEqual([403, 'Cats', 'own', '/cats/own']);
  });

  it('are those of the class that inherits them', async () => {
    const { ask, guards } = await start([Cats]);
    expect(guards).toBe(0);
    expect(await ask('/cats/all')).toEqual([200, 'Cats', 'all', '/cats/all']);
  });

  it('are found by the name of the method, whatever a decorator has put in its place', async () => {
    const { ask, guards } = await start([Birds]);
    expect(guards).toBe(0);
    expect(await ask('/birds/own')).toEqual([200, 'Birds', 'own', '/birds/own']);
  });

  it('are distinguished where two classes inherit one method, which takes a guard', async () => {
    const { ask, guards } = await start([Cats, Dogs]);
    expect(guards).toBe(1);
    expect(await ask('/cats/all')).toEqual([200, 'Cats', 'all', '/cats/all']);
    expect(await ask('/dogs/all')).toEqual([200, 'Dogs', 'all', '/dogs/all']);
  });

  it('are found for another application in the process that has the other class', async () => {
    await (await start([Cats])).ask('/cats/all');
    await app?.close();
    expect(await (await start([Dogs])).ask('/dogs/all')).toEqual([200, 'Dogs', 'all', '/dogs/all']);
  });

  it('are not found for a host that they do not serve', async () => {
    const { ask } = await start([Here, Elsewhere]);
    expect(await ask('/hosted')).toEqual([200, 'Here', 'find', '/hosted']);
    expect(await ask('/elsewhere')).toEqual([404, null, null, null]);
  });

  it('are not found for a version that they do not serve', async () => {
    const { ask } = await start([Versioned], (starting) =>
      starting.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
    );
    expect(await ask('/versioned', { v: '2' })).toEqual([200, 'Versioned', 'find', '/versioned']);
    expect(await ask('/versioned', { v: '3' })).toEqual([404, null, null, null]);
  });

  if (name === 'fastify') {
    it('keep their options', async () => {
      const seen: unknown[] = [];
      const { ask, guards } = await start([Configured], (starting) => {
        const adapter = starting.getHttpAdapter() as unknown as FastifyAdapter;
        adapter.getInstance().addHook('onRequest', async ({ routeOptions }) => {
          seen.push(routeOptions.config);
        });
      });
      expect(guards).toBe(0);
      expect(await ask('/fastify/configured')).toEqual([
        ...[202, 'Configured', 'find', '/fastify/configured'],
      ]);
      expect(seen).toEqual([expect.objectContaining({ colour: 'red' })]);
      expect(await ask('/fastify/elsewhere')).toEqual([404, null, null, null]);
    });
  }
});
