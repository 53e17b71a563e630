/**
 * What the tests run against beside Node, and what each of it is installed with. A new engine is an entry here,
 * and a file in `test/engines/support/` that starts it.
 */
import path from 'node:path';
import { debianPrograms } from './debian.mjs';
import { goModule, goPackage, goPackageWithReplacements } from './go.mjs';
import { repository } from './installation.mjs';
import { mavenJars } from './maven.mjs';
import { npmAddon } from './npm.mjs';
import { pythonPackages } from './pip.mjs';

const sources = path.join(repository, 'test', 'engines');

/** Servers and tools of Debian that `npm test` uses. */
const everyday = {
  python: debianPrograms('comparing with the logging of CPython', { python3: 'python3' }),
  // rsyslog-gnutls depends on rsyslog itself, and adds TLS to it.
  rsyslog: debianPrograms('a syslog server, with TLS and with acknowledgement', {
    rsyslogd: 'rsyslog-gnutls',
    'rsyslog/imrelp.so': 'rsyslog-relp',
  }),
  logrotate: debianPrograms('following a file that is moved away', { logrotate: 'logrotate' }),
  openssl: debianPrograms('certificates that TLS must refuse', { openssl: 'openssl' }),
  redis: debianPrograms('messages and streams', { 'redis-server': 'redis-server' }),
  nats: debianPrograms('messages and JetStream', { 'nats-server': 'nats-server' }),
  mosquitto: debianPrograms('messages over MQTT', { mosquitto: 'mosquitto' }),
  rabbitmq: debianPrograms('messages over AMQP', { 'rabbitmq-server': 'rabbitmq-server' }),
  // A library that makes system calls fail at random.
  gcc: debianPrograms('system calls that fail at random', { cc: 'gcc', 'dlfcn.h': 'libc6-dev' }),
  mount: debianPrograms('a disk that is full', { mount: 'mount' }),
  strace: debianPrograms('system calls that fail, and counting them', { strace: 'strace' }),
};

/** Engines that only `npm run test:engines` and `npm run test:live` use. */
const central = {
  journald: debianPrograms('the journal of systemd, run without systemd', {
    'systemd/systemd-journald': 'systemd',
    journalctl: 'systemd',
    unshare: 'util-linux',
  }),
  'unix-dgram': npmAddon('datagrams over unix sockets, which Node does not have', 'unix-dgram@2.0.7'),
  // Its server alone, without what the services other than logs need.
  moto: pythonPackages('the API of CloudWatch Logs', ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5']),
  'opentelemetry-proto': pythonPackages('the official messages of OTLP', ['opentelemetry-proto==1.45.2']),
  // Airflow depends on a great deal that its formatter does not need.
  'python-loggers': pythonPackages(
    'the formatters and configurations of Python packages',
    [
      ...['Django==5.2.19', 'Flask==3.1.3', 'celery==5.7.0', 'uvicorn==0.54.0', 'gunicorn==27.0.1'],
      ...['colorlog==6.12.0', 'python-json-logger==4.2.0', 'structlog==26.1.0'],
      ...['pendulum==3.3.0', 'packaging==26.4'],
    ],
    ['apache-airflow==2.10.5'],
  ),
  chromium: debianPrograms('pages in a real browser', { chromium: 'chromium' }),
  'victoria-logs': goPackage('a log store that takes the formats of most others', {
    package: 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs',
    version: 'v1.52.1',
  }),
  'otel-collector': goModule('an OpenTelemetry collector', path.join(sources, 'otel-collector')),
  'go-gelf': goModule('a receiver of GELF over UDP', path.join(sources, 'go-gelf')),
  kafka: mavenJars('a Kafka broker', path.join(sources, 'kafka')),
  opensearch: mavenJars('an OpenSearch node', path.join(sources, 'opensearch')),
  'spring-actuator': mavenJars('a Spring Boot application', path.join(sources, 'spring-actuator')),
};

/** Those that take too long to build for every run of the tests: installed only by their names. */
const onRequest = {
  loki: goPackageWithReplacements('Grafana Loki', {
    module: 'github.com/grafana/loki/v3',
    version: 'v3.7.8',
    package: 'github.com/grafana/loki/v3/cmd/loki',
  }),
};

/** All of them by name. */
export const catalogue = { ...everyday, ...central, ...onRequest };

/** Names of groups of engines. */
export const groups = {
  all: Object.keys({ ...everyday, ...central }),
  everyday: Object.keys(everyday),
  'on-request': Object.keys(onRequest),
};
