import { basename, extname } from 'node:path';
import { defineField } from '../../runtime/define-field.js';
import { lazy } from '../../runtime/lazy.js';
import { nodeModule } from '../../runtime/node-module.js';
import type { CallerInfo } from '../calls/caller.js';
import { state } from '../state.js';

/**
 * The attributes of a record that few formats use, computed when they are read.
 *
 * Assigning one makes it a property of that record.
 *
 * @see https://docs.python.org/3/library/logging.html#logrecord-attributes
 */
export abstract class ComputedAttributes {
  abstract created: number;
  abstract excInfo: unknown;
  abstract excText: string | undefined;
  abstract stackInfo: string | undefined;
  /** Where the call was made. */
  abstract caller(): CallerInfo;

  /** `excInfo` by Python's name, so that filters ported from Python work. */
  get exc_info(): unknown {
    return this.excInfo;
  }
  set exc_info(value: unknown) {
    // Python's `False` means no error, and `True` the current one, which JavaScript does not know.
    const isFlag = value === true || value === 0 || value === '';
    this.excInfo = isFlag ? null : thrownOf(value);
  }

  /** `excText` by Python's name. */
  get exc_text(): string | null | undefined {
    return this.excText;
  }
  set exc_text(value: string | null | undefined) {
    this.excText = value ?? undefined;
  }

  /** `stackInfo` by Python's name. */
  get stack_info(): string | null | undefined {
    return this.stackInfo;
  }
  set stack_info(value: string | null | undefined) {
    this.stackInfo = value ?? undefined;
  }

  /** The milliseconds of `created`, an integer from 0 to 999, rounded down as in Python. */
  get msecs(): number {
    const { created } = this;
    // Times of today have a step of 0.0002 ms, so that a millisecond may come out short by as much.
    const msecs = Math.floor((created - Math.floor(created)) * 1000 + 0.001);
    return msecs > 999 ? 999 : msecs;
  }
  set msecs(value: number) {
    defineField(this, 'msecs', value);
  }

  /** Milliseconds since logging was loaded. */
  get relativeCreated(): number {
    return (this.created - state.startTime) * 1000;
  }
  set relativeCreated(value: number) {
    defineField(this, 'relativeCreated', value);
  }

  /** Process id. */
  get process(): number {
    return process.pid;
  }
  set process(value: number) {
    defineField(this, 'process', value);
  }

  /** `'MainProcess'`, or the title of a child process of node:cluster. */
  get processName(): string {
    return process.env.NODE_UNIQUE_ID === undefined ? 'MainProcess' : `Worker-${process.env.NODE_UNIQUE_ID}`;
  }
  set processName(value: string) {
    defineField(this, 'processName', value);
  }

  /** Id of the worker thread; 0 in the main one. */
  get thread(): number {
    return threadId();
  }
  set thread(value: number) {
    defineField(this, 'thread', value);
  }

  /** `'MainThread'`, or `'Worker-N'`. */
  get threadName(): string {
    return threadId() === 0 ? 'MainThread' : `Worker-${threadId()}`;
  }
  set threadName(value: string) {
    defineField(this, 'threadName', value);
  }

  /** Always `null`: JavaScript's tasks have no names. */
  get taskName(): string | null {
    return null;
  }
  set taskName(value: string | null) {
    defineField(this, 'taskName', value);
  }

  /** Path of the source file of the call. */
  get pathname(): string {
    return this.caller().pathname;
  }
  set pathname(value: string) {
    defineField(this, 'pathname', value);
  }

  /** File name part of `pathname`. */
  get filename(): string {
    return basename(this.pathname);
  }
  set filename(value: string) {
    defineField(this, 'filename', value);
  }

  /** `filename` without its ending. */
  get module(): string {
    const filename = this.filename;
    return filename.slice(0, filename.length - extname(filename).length);
  }
  set module(value: string) {
    defineField(this, 'module', value);
  }

  /** Line of the call, from 1. */
  get lineno(): number {
    return this.caller().lineno;
  }
  set lineno(value: number) {
    defineField(this, 'lineno', value);
  }

  /** Function that made the call; `'<module>'` at top level, `'<anonymous>'` without a name. */
  get funcName(): string {
    return this.caller().funcName;
  }
  set funcName(value: string) {
    defineField(this, 'funcName', value);
  }
}

/** What was thrown: the value in Python's tuple `(type, value, traceback)`; anything else as it is. */
export function thrownOf(excInfo: unknown): unknown {
  try {
    if (!Array.isArray(excInfo) || excInfo.length !== 3) return excInfo;
    const [type, value] = excInfo;
    return typeof type === 'function' || type === null ? (value ?? null) : excInfo;
  } catch {
    // A proxy that cannot be read.
    return excInfo;
  }
}

const threadId = lazy(() => nodeModule('node:worker_threads').threadId);
