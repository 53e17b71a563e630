import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { until } from './engine.js';

/** Machines have addresses in it, from 1 on. */
const SUBNET = '10.199.0';
/** How long it lasts, in seconds, should the process that made it be killed. */
const LIFETIME = '900';

/** A machine of a network that exists in this machine alone. */
export interface Machine {
  readonly address: string;
  /** What a program is started with so that this is its network. */
  readonly prefix: readonly string[];
  /** Cuts it off: what it sends vanishes, and nothing comes to it. No connection is closed. */
  cutOff(): void;
  /** Undoes {@link cutOff}. */
  connect(): void;
}

/** Machines on one switch: network namespaces on a bridge, in a namespace of their own. */
export interface Network {
  readonly machines: readonly Machine[];
  stop(): Promise<void>;
}

/** Why no network can be made here; `undefined` where it can. */
export function whyNoNetwork(): string | undefined {
  const script = 'ip link add probe0 type veth peer name probe1 && ip link add probe2 type bridge';
  const { status, stderr, error } = spawnSync('unshare', ['-rn', 'sh', '-c', script], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return (error?.message ?? stderr.trim()) || `unshare ended with ${status}`;
}

/** Makes a network of so many machines. */
export async function makeNetwork(count: number): Promise<Network> {
  const holders: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    // A namespace is gone with its last process, and what is in it too.
    for (const holder of holders.reverse()) {
      if (holder.exitCode !== null || holder.signalCode !== null) continue;
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
    }
  };
  try {
    const hub = await holdNamespace(['unshare', '-rn'], holders);
    run(hub, 'ip link add switch type bridge');
    run(hub, 'ip link set switch up');
    const machines: Machine[] = [];
    for (let index = 1; index <= count; index += 1)
      machines.push(await addMachine(hub, index, count, holders));
    return { machines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function addMachine(
  hub: number,
  index: number,
  count: number,
  holders: ChildProcess[],
): Promise<Machine> {
  const machine = await holdNamespace([...prefixOf(hub), 'unshare', '-n'], holders);
  const [address, port] = [`${SUBNET}.${index}`, `port${index}`];
  run(hub, `ip link add ${port} type veth peer name eth0 address ${hardwareAddress(index)} netns ${machine}`);
  run(hub, `ip link set ${port} master switch up`);
  run(machine, `ip address add ${address}/24 dev eth0`);
  run(machine, 'ip link set eth0 up');
  run(machine, 'ip link set lo up');
  // Nobody asks whether a neighbour is there: as over a router, only silence says that it is not.
  for (let other = 1; other <= count; other += 1) {
    if (other === index) continue;
    run(machine, `ip neigh add ${SUBNET}.${other} lladdr ${hardwareAddress(other)} dev eth0 nud permanent`);
  }
  return {
    address,
    prefix: prefixOf(machine),
    cutOff: () => run(hub, `ip link set ${port} nomaster`),
    connect: () => run(hub, `ip link set ${port} master switch`),
  };
}

function hardwareAddress(index: number): string {
  return `02:00:00:00:00:${index.toString(16).padStart(2, '0')}`;
}

/** A process that does nothing in a new network namespace. @returns Its id. */
async function holdNamespace(command: readonly string[], holders: ChildProcess[]): Promise<number> {
  const [file, ...args] = [...command, 'sleep', LIFETIME] as string[] as [string, ...string[]];
  const holder = spawn(file, args, { stdio: 'ignore' });
  holders.push(holder);
  const pid = holder.pid as number;
  const outside = readlinkSync('/proc/self/ns/net');
  await until(`${command.join(' ')} has made a namespace`, () => {
    const inside = readlinkSync(`/proc/${pid}/ns/net`);
    const others = holders.slice(0, -1).map(({ pid: other }) => readlinkSync(`/proc/${other}/ns/net`));
    return inside !== outside && !others.includes(inside);
  });
  return pid;
}

function prefixOf(pid: number): string[] {
  return ['nsenter', '--target', String(pid), '--user', '--net', '--preserve-credentials'];
}

function run(pid: number, command: string): void {
  const [file, ...args] = [...prefixOf(pid), ...command.split(' ')] as [string, ...string[]];
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
