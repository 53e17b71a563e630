import { COMPONENT, declareComponent } from '../core/component.js';
import { Handler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import { type HandlerSettings, handlerSchema } from './handler-options.js';

/**
 * Does nothing: for libraries, so that their records do not fall to the last resort.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#nullhandler
 */
export class NullHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof handlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(NullHandler, {
    name: 'NullHandler',
    pythonNames: ['logging.NullHandler', 'django.utils.log.NullHandler'],
    schema: handlerSchema,
  });

  constructor(options: HandlerSettings = {}) {
    super(checkOptions('NullHandler', handlerSchema(), options, new.target === NullHandler));
  }

  override handle(_record: never): false {
    return false;
  }

  emit(): void {}

  /** See {@link Handler.outlivesClose}: there is nothing to lose. */
  override get outlivesClose(): boolean {
    return true;
  }
}
