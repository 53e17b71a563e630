/** The module hooks behind nest-11-loader.mjs: what is installed here goes before what is installed above. */
const parentURL = import.meta.url;
const OF_NEST =
  /^(@nestjs\/|rxjs($|\/)|reflect-metadata($|\/)|@sentry\/|@opentelemetry\/instrumentation-nestjs-core$)/;

export function resolve(specifier, context, nextResolve) {
  const isFromHere = context.parentURL?.includes('/nest-11/node_modules/') === true;
  if (isFromHere || !OF_NEST.test(specifier)) return nextResolve(specifier, context);
  return nextResolve(specifier, { ...context, parentURL });
}
