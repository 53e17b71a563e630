/** How SWC compiles the sources for programs that the tests start. */
export const swcOptions = {
  module: { type: 'es6' },
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
};
