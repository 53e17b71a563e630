import { executionAsyncResource } from 'node:async_hooks';
process.nextTick(() => { globalThis.__keep = executionAsyncResource(); });
