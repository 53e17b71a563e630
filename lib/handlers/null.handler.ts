import { Handler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import { lazyProperty } from '../internal/lazy.js';
import { type HandlerSettings, handlerSchema } from './support/handler-options.js';

/**
 * Does nothing: for libraries, so that their records do not fall to the last resort.
 *
 * @see https://docs.python.org/3/library/logging.handlers.html#nullhandler
 */
export class NullHandler extends Handler {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof handlerSchema>;
  static {
    lazyProperty(NullHandler, 'optionsSchema', handlerSchema);
  }

  constructor(options: HandlerSettings = {}) {
    super(checkOptions('NullHandler', handlerSchema(), options, new.target === NullHandler));
  }

  override handle(_record: never): false {
    return false;
  }

  emit(): void {}
}
