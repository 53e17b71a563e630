import { type Level, WARNING } from '../levels.js';
import { Logger } from './logger.js';

/** The logger at the top of the tree; its level can never be inherited, so it starts at WARNING. */
export class RootLogger extends Logger {
  constructor(level: Level = WARNING) {
    super('root', level);
  }
}
