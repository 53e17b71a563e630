import { Injectable } from '@nestjs/common';
import {
  ComponentOptions,
  Handler,
  type HandlerOptions,
  type LogRecord,
  registerComponent,
} from 'nestjs-logging';
import { AuditTrail } from './audit-trail.js';

/** The keys of its entry in the configuration, besides those of every handler. */
export interface AuditHandlerOptions extends HandlerOptions {
  /** How many entries are kept. */
  readonly keep: number;
}

/** Puts what happens to orders on the audit trail. */
@Injectable()
export class AuditHandler extends Handler {
  constructor(
    private readonly trail: AuditTrail,
    @ComponentOptions() private readonly options: AuditHandlerOptions,
  ) {
    super();
  }

  /** Need not catch anything: what goes wrong in a handler is reported and never reaches the log call. */
  emit(record: LogRecord): void {
    const entry = {
      at: new Date(record.created * 1000).toISOString(),
      level: record.levelname,
      event: record.getMessage(),
      order: record.attribute('order'),
    };
    this.trail.add(entry, this.options.keep);
  }
}

// The name that logging.yaml has for it: a configuration never loads code by itself.
registerComponent('handler', 'shop.AuditHandler', AuditHandler);
