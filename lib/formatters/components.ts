/** The formatters that configurations can name, one a line. The package exports all of them. */

export { Formatter, type FormatterOptions } from '../core/formatting/formatter.js';
export { AirflowFormatter } from './airflow.formatter.js';
export { AirflowColorFormatter } from './airflow-color.formatter.js';
export { CeleryFormatter, type CeleryFormatterOptions, CeleryTaskFormatter } from './celery.formatter.js';
export { ColorFormatter, type ColorFormatterOptions } from './color.formatter.js';
export { ColorlogFormatter, type ColorlogFormatterOptions } from './colorlog.formatter.js';
export { DjangoServerFormatter } from './django-server.formatter.js';
export { JsonFormatter, type JsonFormatterOptions } from './json.formatter.js';
export { LogfmtFormatter, type LogfmtFormatterOptions } from './logfmt.formatter.js';
export { PythonJsonFormatter, type PythonJsonFormatterOptions } from './python-json.formatter.js';
export {
  UvicornAccessFormatter,
  UvicornFormatter,
  type UvicornFormatterOptions,
} from './uvicorn.formatter.js';
