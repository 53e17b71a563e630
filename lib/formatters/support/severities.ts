/** A level as OpenTelemetry's severity, 1 to 24: TRACE 1, DEBUG 5, INFO 9, WARN 13, ERROR 17, FATAL 21, and between. */
export function otelSeverity(levelno: number): number {
  if (!(levelno >= 10)) return levelno > 7 ? 3 : 1;
  const band = Math.min(5, Math.floor(levelno / 10));
  return band * 4 + 1 + Math.min(3, Math.floor((levelno - band * 10) / 2.5));
}

/** A level as a syslog severity: CRITICAL 2, ERROR 3, WARNING 4, between INFO and that NOTICE 5, INFO 6, DEBUG 7. */
export function syslogSeverity(levelno: number): number {
  if (levelno >= 50) return 2;
  if (levelno >= 40) return 3;
  if (levelno >= 30) return 4;
  if (levelno > 20) return 5;
  return levelno >= 20 ? 6 : 7;
}

/** A level as a severity of Google Cloud Logging. */
export function gcpSeverity(levelno: number): string {
  if (levelno >= 50) return 'CRITICAL';
  if (levelno >= 40) return 'ERROR';
  if (levelno >= 30) return 'WARNING';
  if (levelno > 20) return 'NOTICE';
  if (levelno >= 20) return 'INFO';
  return levelno > 0 ? 'DEBUG' : 'DEFAULT';
}

/** A level as a status of Datadog. */
export function datadogStatus(levelno: number): string {
  if (levelno >= 50) return 'critical';
  if (levelno >= 40) return 'error';
  if (levelno >= 30) return 'warn';
  if (levelno > 20) return 'notice';
  return levelno >= 20 ? 'info' : 'debug';
}
