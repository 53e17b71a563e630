import { Inject } from '@nestjs/common';
import { COMPONENT_OPTIONS } from '../module/logging.tokens.js';

/**
 * Injects into a handler, formatter or filter the options of its entry in the configuration: every key but `class`,
 * `formatter`, `filters` and `.`, which are handled already.
 *
 * A class that does not inject them still gets `level`, `formatter` and `filters`.
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
