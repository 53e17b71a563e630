import { randomUUID } from 'node:crypto';
import { getContext, runInContext } from '../../context/context.js';
import { fieldsBy } from '../../core/overrides.js';
import type { Fields } from '../../core/records/log-record.js';
import { reportMisuse } from '../../core/reports/diagnostics.js';

type Method = (this: unknown, ...args: never[]) => unknown;

/**
 * Runs a method in a context of its own, for jobs and listeners that no request started: every record made in it
 * carries the fields. It gets a `request_id` of its own, unless there is one already or the fields have one.
 *
 * Metadata of other decorators (`@Cron`, `@OnEvent`) stays, whether they stand above it or below.
 *
 * @param fields The fields, or what gives them from the method's arguments. Where that fails it is reported, and the method
 * runs without them.
 * @example
 * \@Cron('0 3 * * *')
 * \@WithContext({ job: 'cleanup' })
 * async cleanUp() { … }
 */
export const WithContext = <Args extends unknown[] = never[]>(
  fields: Fields | ((...args: Args) => Fields) = {},
): ((target: object, key: string | symbol, descriptor: PropertyDescriptor) => void) => {
  return (_target, _key, descriptor) => {
    const method = descriptor.value as Method;
    const inContext: Method = function (...args) {
      const own =
        typeof fields === 'function' ? fieldsFrom(inContext, () => fields(...(args as never))) : fields;
      // A message may lack the id: `undefined` and `null` count as missing.
      const request_id = own.request_id ?? getContext()?.request_id ?? randomUUID();
      return runInContext({ ...own, request_id }, () => method.apply(this, args));
    };
    Object.defineProperty(inContext, 'name', { value: method.name, configurable: true });
    for (const key of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), inContext);
    }
    descriptor.value = inContext;
  };
};

/** A job does not fail because its fields cannot be made: that is reported, and it runs without them. */
function fieldsFrom(method: Method, give: () => Fields): Fields {
  try {
    return fieldsBy(give(), 'WithContext', method);
  } catch (error) {
    reportMisuse(method, undefined, error);
    return {};
  }
}
