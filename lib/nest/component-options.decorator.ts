import { Inject } from '@nestjs/common';
import { COMPONENT_OPTIONS } from './logging.tokens.js';

/**
 * Injects into a handler, formatter or filter the options of its entry in the configuration: every key but `class`,
 * `formatter`, `filters` and `.`, which are taken care of.
 *
 * A class that does not ask still gets `level`, `formatter` and `filters`.
 *
 * @example
 * \@Injectable()
 * class AuditHandler extends Handler {
 *   constructor(\@ComponentOptions() private readonly options: AuditOptions, private readonly audit: AuditService) {
 *     super(options);
 *   }
 * }
 */
export const ComponentOptions = (): ReturnType<typeof Inject> => Inject(COMPONENT_OPTIONS);
