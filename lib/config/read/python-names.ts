import { FACILITY_NAMES } from '../../handlers/syslog/syslog-priority.js';
import { findComponent } from '../components/component-registry.js';

/** The names of constructors' arguments in Python, in order, by class. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  StreamHandler: ['stream'],
  FileHandler: ['filename', 'mode', 'encoding', 'delay', 'errors'],
  NullHandler: [],
  WatchedFileHandler: ['filename', 'mode', 'encoding', 'delay', 'errors'],
  RotatingFileHandler: ['filename', 'mode', 'maxBytes', 'backupCount', 'encoding', 'delay', 'errors'],
  TimedRotatingFileHandler: [
    ...['filename', 'when', 'interval', 'backupCount', 'encoding', 'delay', 'utc'],
    ...['atTime', 'errors'],
  ],
  SocketHandler: ['host', 'port'],
  DatagramHandler: ['host', 'port'],
  SysLogHandler: ['address', 'facility', 'socktype', 'timeout'],
  SMTPHandler: ['mailhost', 'fromaddr', 'toaddrs', 'subject', 'credentials', 'secure', 'timeout'],
  BufferingHandler: ['capacity'],
  MemoryHandler: ['capacity', 'flushLevel', 'target', 'flushOnClose'],
  HTTPHandler: ['host', 'url', 'method', 'secure', 'credentials', 'context'],
  QueueHandler: ['queue'],
  AdminEmailHandler: ['include_html', 'email_backend', 'reporter_class'],
};

/** The names of a class's arguments in order; `undefined` where they are not known. */
export function argumentNames(className: string): readonly string[] | undefined {
  const name = className.slice(className.lastIndexOf('.') + 1);
  return Object.hasOwn(ARGUMENTS, name) ? ARGUMENTS[name] : undefined;
}

/** A handler's class in an INI file, under the name it has elsewhere: there `logging.` may be left out. */
export function fullClassName(name: string): string {
  const full = `logging.${name}`;
  return findComponent('handler', full) === undefined ? name : full;
}

const EXTERNALS = ['sys.stdout', 'sys.stderr', 'sys.__stdout__', 'sys.__stderr__'];

const CONSTANTS: Readonly<Record<string, unknown>> = {
  ...{ CRITICAL: 50, FATAL: 50, ERROR: 40, WARNING: 30, WARN: 30, INFO: 20, DEBUG: 10, NOTSET: 0 },
  'handlers.DEFAULT_TCP_LOGGING_PORT': 9020,
  'handlers.DEFAULT_UDP_LOGGING_PORT': 9021,
  'handlers.DEFAULT_HTTP_LOGGING_PORT': 9022,
  'handlers.DEFAULT_SOAP_LOGGING_PORT': 9023,
  'handlers.SYSLOG_UDP_PORT': 514,
  'handlers.SYSLOG_TCP_PORT': 514,
  'socket.SOCK_STREAM': 1,
  'socket.SOCK_DGRAM': 2,
  'os.devnull': '/dev/null',
};

const PRIORITIES = ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

/** The value of a name in the arguments of a handler; `undefined` for an unknown one. */
export function findPythonName(dottedName: string): unknown {
  const name = dottedName.replace(/^logging\./, '').replace(/^handlers\.(?=socket\.)/, '');
  if (EXTERNALS.includes(name)) return `ext://${name}`;
  if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
  const syslog = /^handlers\.SysLogHandler\.LOG_([A-Z0-9]+)$/.exec(name)?.[1];
  if (syslog === undefined) return undefined;
  if (syslog === 'SOLCRON') return FACILITY_NAMES['solaris-cron'];
  const facility = syslog.toLowerCase();
  if (Object.hasOwn(FACILITY_NAMES, facility)) return FACILITY_NAMES[facility];
  const priority = PRIORITIES.indexOf(syslog);
  return priority < 0 ? undefined : priority;
}
