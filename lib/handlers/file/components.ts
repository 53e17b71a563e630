/** The handlers of this room, one a line: configurations can name them, and the package exports all of them. */

export { AirflowTaskHandler, type AirflowTaskHandlerOptions } from './airflow-task.handler.js';
export { FileHandler, type FileHandlerOptions } from './file.handler.js';
export { RotatingFileHandler, type RotatingFileHandlerOptions } from './rotation/rotating-file.handler.js';
export {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from './rotation/timed-rotating-file.handler.js';
export { WatchedFileHandler, type WatchedFileHandlerOptions } from './watched-file.handler.js';
