/**
 * The program of a QueueHandler's worker thread; an application never imports it.
 *
 * Built as one file without imports, so that a copy of it beside a bundle works: see docs/bundling.md.
 *
 * @packageDocumentation
 */
import { runQueueWorker } from './config/apply/queue-worker.js';
import { offerHandlers } from './config/components/handlers-module.js';
import * as handlers from './handlers/components.js';

offerHandlers(handlers);
runQueueWorker();
