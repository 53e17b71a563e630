import { freePort } from '../../support/free-port.js';
import type { Engine } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** A broker for MQTT of one's own, which keeps nothing. */
export interface Mosquitto extends Engine {
  readonly port: number;
  readonly url: string;
}

/** Starts a mosquitto on a port that was free. */
export async function startMosquitto(): Promise<Mosquitto> {
  const port = await freePort();
  const engine = new EngineProcess(dataFolder('mosquitto'), {
    name: 'mosquitto',
    command: 'mosquitto',
    args: ['-p', String(port)],
    ready: () => engine.printed.includes(' running'),
  });
  await engine.start();
  return { port, url: `mqtt://127.0.0.1:${port}`, ...engine.controls };
}
