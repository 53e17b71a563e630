const P = Object.create(Object.prototype); class A { constructor() { this.x = 1; this.y = 2; } }
const mk = () => new A(); for (let i = 0; i < 50; i++) mk();
const P2 = Object.create(A.prototype);
const a = mk(), b = mk(), c = mk();
for (const o of [a, b, c]) Object.setPrototypeOf(o, P2);
console.log(%HaveSameMap(a, b)); 
const add = o => { o.zz = 1; }; const add2 = o => { o.ww = 1; };
for (const o of [a, b, c]) add(o); console.log('zz', %HaveSameMap(a, b), %HaveSameMap(b, c)); for (const o of [a, b, c]) add2(o); console.log('ww', %HaveSameMap(a, b), %HaveSameMap(b, c));
%DebugPrint(a); %DebugPrint(b);
