/** The keys of marks: of Nest since its version 5 (versions of routes since 8), and of its packages. */
export const MARKS = {
  injectable: '__injectable__',
  parameterTokens: 'self:paramtypes',
  propertyTokens: 'self:properties_metadata',
  optionalParameters: 'optional:paramtypes',
  optionalProperties: 'optional:properties_metadata',
  /** TypeScript's own. */
  parameterTypes: 'design:paramtypes',
  route: 'path',
  host: 'host',
  version: '__version__',
  filters: '__exceptionFilters__',
  guards: '__guards__',
  routeArguments: '__routeArguments__',
  rpcPattern: 'microservices:pattern',
  rpcTransport: 'microservices:transport',
  wsHandler: 'websockets:message_mapping',
  wsPattern: 'message',
  resolver: 'graphql:resolver_type',
  fieldResolver: 'graphql:resolve_property',
  referenceResolver: 'graphql:resolve_reference',
  fieldMiddleware: 'graphql:field_resolver_middleware',
  jobType: 'SCHEDULER_TYPE',
  jobName: 'SCHEDULER_NAME',
  eventListener: 'EVENT_LISTENER_METADATA',
} as const;

/** One of these is on every resolver of `@nestjs/graphql`. */
export const RESOLVER_MARKS = [MARKS.resolver, MARKS.fieldResolver, MARKS.referenceResolver] as const;
