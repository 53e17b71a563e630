import type { LoggingConfig } from '../../config/plan/logging-config.js';

/**
 * What `LoggingModule.forRoot()` uses when it is given nothing: standard output, coloured lines on a terminal and JSON
 * elsewhere, from INFO.
 *
 * @param isTerminal Whether standard output is a terminal; default whether it is.
 */
export function defaultLoggingConfig(isTerminal: boolean = process.stdout.isTTY === true): LoggingConfig {
  return {
    version: 1,
    formatters: { default: { class: isTerminal ? 'ColorFormatter' : 'JsonFormatter' } },
    handlers: { console: { class: 'StreamHandler', stream: 'ext://sys.stdout', formatter: 'default' } },
    root: { level: 'INFO', handlers: ['console'] },
  };
}
