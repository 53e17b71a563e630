import { create as ours } from './competitors/ours.mjs';
import { create as limit } from './competitors/limit.mjs';
const [who, name, mode, n] = process.argv.slice(2);
const target = { path: '/tmp/hot/ir.log', secondPath: '/tmp/hot/ir2.log', isBatched: mode === 'batched' };
const s = (who === 'ours' ? ours : limit)(name, target);
const f = () => { for (let i = 0; i < +n; i++) s.call(i); s.flush?.(); }; (s.around ?? (g => g()))(f); process.exit(0);
