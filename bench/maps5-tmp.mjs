import http from 'node:http'; import { Readable } from 'node:stream'; import { EventEmitter } from 'node:events';
const t = (name, mk) => { const P = Object.create(Object.getPrototypeOf(mk())); for (let i = 0; i < 50; i++) mk(); const a = mk(), b = mk(); const s0 = %HaveSameMap(a, b); Object.setPrototypeOf(a, P); Object.setPrototypeOf(b, P); const s1 = %HaveSameMap(a, b); a.zz = 1; b.zz = 1; console.log(name, 'start', s0, 'after', s1, 'after add', %HaveSameMap(a, b), %HasFastProperties(a)); };
class A { constructor() { this.x = 1; this.y = 2; } }
t('class', () => new A());
t('EE', () => new EventEmitter());
t('Readable', () => new Readable());
t('IncomingMessage', () => new http.IncomingMessage(null));
t('ServerResponse', () => new http.ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 }));
function B() { this.x = 1; } t('fn', () => new B());
t('literal', () => ({ a: 1 }));
