/** Logs the messages given, as errors, through one handler, and says what became of them. */
import { config, loggerOf, makeHandler, note } from './under-test.mjs';

const handler = makeHandler(config.handler);
const logger = loggerOf(handler, config.logger);
for (const message of config.messages) {
  note('i', config.messages.indexOf(message));
  try {
    logger.error('%s', message, { extra: { user: message } });
  } catch (error) {
    note('x', String(error));
  }
}
await handler.flush();
note('s', JSON.stringify(handler.stats));
await handler.close();
