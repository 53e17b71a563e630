import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';

/** One route that answers a small object: what is left of a request is the framework and the logger. */
class HelloController {
  hello() {
    return { hello: 'world', id: 4711 };
  }
}
Get('hello')(
  HelloController.prototype,
  'hello',
  Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello'),
);
Controller()(HelloController);

/** The application's module, with what a variant adds to it. */
export function applicationModule({ imports = [], providers = [] } = {}) {
  class ApplicationModule {}
  Module({ imports, providers, controllers: [HelloController] })(ApplicationModule);
  return ApplicationModule;
}
