/**
 * A server as error messages name it: `logs.example.com:9020`, `[::1]:9020`; the path of a unix socket where there is
 * no port.
 */
export function hostPort(host: string, port: number | string | null): string {
  if (port === null) return host;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
