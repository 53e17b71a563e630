import { measureHttp } from './lib/http.mjs';
const [platform, spin, rounds='5', seconds='1'] = process.argv.slice(2);
let on = spin === '1'; const f = () => { if (on) setImmediate(f); }; f();
const r = await measureHttp({ platform, variants: ['none', 'ours', 'ours-batched', 'nestjs-pino', 'nest-json'], rounds: +rounds, seconds: +seconds, onProgress() {} });
console.log(platform, 'spin', spin); for (const [k, v] of Object.entries(r)) console.log(k.padEnd(14), v.perSecond, v.perSecondOfNone, 'cpu', v.cpuUs, 'added', v.addedCpuUs, 'ratio', (v.addedCpuUs / r['nestjs-pino'].addedCpuUs).toFixed(2)); on = false; process.exit(0);
