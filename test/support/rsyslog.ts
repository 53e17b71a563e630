import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from './certificates.js';
import { freePort } from './free-port.js';

const program = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((file) => existsSync(file)) ?? 'rsyslogd';
const folders = ['/usr/lib64', '/usr/lib', ...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`)];
const hasTls = folders.some((folder) => existsSync(`${folder}/rsyslog/lmnsd_gtls.so`));

/** True where an rsyslogd can be started; where there is none, the reason is printed once. */
export const hasRsyslog: boolean = spawnSync(program, ['-v']).status === 0;
if (!hasRsyslog)
  console.warn('rsyslogd was not found, its tests are skipped: apt-get install rsyslog rsyslog-gnutls');
/** True where it can do TLS. */
export const hasRsyslogTls: boolean = hasRsyslog && hasTls;
if (hasRsyslog && !hasTls)
  console.warn('rsyslogd cannot do TLS, those tests are skipped: apt-get install rsyslog-gnutls');

/** True where it speaks RELP. */
export const hasRsyslogRelp: boolean =
  hasRsyslog && folders.some((folder) => existsSync(`${folder}/rsyslog/imrelp.so`));
if (hasRsyslog && !hasRsyslogRelp)
  console.warn('rsyslogd does not speak RELP, those tests are skipped: apt-get install rsyslog-relp');

/** A message as rsyslogd understood it. */
export interface SyslogMessage {
  readonly msg: string;
  readonly rawmsg: string;
  readonly hostname: string;
  readonly programname: string;
  readonly pri: string;
  readonly [property: string]: unknown;
}

/** An rsyslogd with a configuration of its own, on ports of this machine that were free. */
export interface Rsyslog {
  readonly udpPort: number;
  readonly tcpPort: number;
  readonly tlsPort: number;
  /** RELP, plain and over TLS, where {@link hasRsyslogRelp}; the latter wants a certificate of the client. */
  readonly relpPort: number;
  readonly relpTlsPort: number;
  /** A unix socket that takes datagrams. */
  readonly socketPath: string;
  /** What has arrived so far. */
  messages(): SyslogMessage[];
  /** Resolves with all messages when so many have arrived. */
  received(count: number): Promise<SyslogMessage[]>;
  /** Kills it as a crash would; what has arrived stays. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** What a message's properties are written as. */
const PROPERTIES = [
  ...['msg', 'rawmsg', 'hostname', 'programname', 'syslogtag', 'pri', 'app-name', 'procid', 'msgid'],
  ...['structured-data', 'timereported', 'protocol-version', 'inputname'],
];

/** Starts an rsyslogd. @param tls What its TLS input presents, and whom it trusts; none without it. */
export async function startRsyslog(tls?: {
  readonly ca: Certificate;
  readonly own: Certificate;
}): Promise<Rsyslog> {
  const folder = mkdtempSync(path.join(tmpdir(), 'rsyslog-'));
  const at = (name: string) => path.join(folder, name);
  const [udpPort, tcpPort, tlsPort] = [await freePort(), await freePort(), await freePort()];
  const [relpPort, relpTlsPort] = [await freePort(), await freePort()];
  if (tls !== undefined) {
    writeFileSync(at('ca.pem'), tls.ca.cert);
    writeFileSync(at('cert.pem'), tls.own.cert);
    writeFileSync(at('key.pem'), tls.own.key);
  }
  const gtls = `streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon"`;
  const property = (name: string) => `property(outname="${name}" name="${name}" format="jsonf")`;
  const relpInput = (where: string) =>
    `input(type="imrelp" address="127.0.0.1" maxDataSize="300k" ruleset="out" ${where})`;
  const template = PROPERTIES.map(property).join(' constant(value=",") ');
  writeFileSync(
    at('rsyslog.conf'),
    `global(workDirectory="${folder}" maxMessageSize="300k" ${
      tls
        ? `defaultNetstreamDriverCAFile="${at('ca.pem')}" defaultNetstreamDriverCertFile="${at('cert.pem')}" defaultNetstreamDriverKeyFile="${at('key.pem')}"`
        : ''
    })
    # What is acknowledged is in the file.
    main_queue(queue.type="direct")
    ${hasRsyslogRelp ? 'module(load="imrelp")' : ''}
    module(load="imudp") module(load="imptcp") module(load="imuxsock" sysSock.use="off")
    ${tls ? `module(load="imtcp" ${gtls})` : ''}
    template(name="json" type="list") { constant(value="{") ${template} constant(value="}\\n") }
    ruleset(name="out") { action(type="omfile" file="${at('out.jsonl')}" template="json" flushOnTXEnd="on") }
    input(type="imudp" address="127.0.0.1" port="${udpPort}" ruleset="out")
    input(type="imptcp" address="127.0.0.1" port="${tcpPort}" ruleset="out")
    ${hasRsyslogRelp ? relpInput(`port="${relpPort}"`) : ''}
    ${hasRsyslogRelp && tls ? relpInput(`port="${relpTlsPort}" tls="on" tls.caCert="${at('ca.pem')}" tls.myCert="${at('cert.pem')}" tls.myPrivKey="${at('key.pem')}" tls.authMode="certvalid"`) : ''}
    input(type="imuxsock" socket="${at('log.sock')}" ruleset="out")
    ${tls ? `input(type="imtcp" address="127.0.0.1" port="${tlsPort}" ruleset="out")` : ''}
    `,
  );
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(program, ['-n', '-f', at('rsyslog.conf'), '-i', at('pid')], {
      // What it says of connections that tests break is no news.
      stdio: 'ignore',
    });
    await untilReachable(tls ? tlsPort : tcpPort);
    await untilReachable(tcpPort);
    if (hasRsyslogRelp) await untilReachable(relpPort);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
    rmSync(at('pid'), { force: true });
  };
  const messages = () =>
    existsSync(at('out.jsonl'))
      ? readFileSync(at('out.jsonl'), 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as SyslogMessage)
      : [];
  await start();
  return {
    udpPort,
    tcpPort,
    tlsPort,
    relpPort,
    relpTlsPort,
    socketPath: at('log.sock'),
    messages,
    async received(count) {
      for (const deadline = Date.now() + 45_000; messages().length < count; ) {
        if (Date.now() > deadline)
          throw new Error(`${messages().length} of ${count} messages arrived within 45 s`);
        await delay(20);
      }
      // One that should not be there would come now.
      await delay(100);
      return messages();
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReachable(port: number): Promise<void> {
  for (const deadline = Date.now() + 45_000; Date.now() < deadline; ) {
    const socket = connect({ host: '127.0.0.1', port });
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await delay(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`rsyslogd does not listen on port ${port}`);
}
