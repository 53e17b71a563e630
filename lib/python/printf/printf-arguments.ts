import { repr } from '../python-text.js';
import { TemplateError } from '../template.js';

/** The operand to the right of `%`: arguments are taken one by one, or picked by key. */
export interface TemplateArguments {
  /** The next positional argument. */
  take(): unknown;
  /** Makes the value of `key` the next argument. */
  pick(key: string): void;
  requireMapping(): void;
  requireAllTaken(): void;
}

/** A tuple: each argument is taken once, and all must be. */
export class TupleArguments implements TemplateArguments {
  private next = 0;

  constructor(private readonly values: readonly unknown[]) {}

  take(): unknown {
    if (this.next >= this.values.length) throw notEnough();
    return this.values[this.next++];
  }

  pick(): void {
    this.requireMapping();
  }

  requireMapping(): void {
    throw new TemplateError('TypeError', 'format requires a mapping');
  }

  requireAllTaken(): void {
    if (this.next >= this.values.length) return;
    throw new TemplateError('TypeError', 'not all arguments converted during string formatting');
  }
}

/** A single mapping. Until a key picks a value, the mapping itself is the one positional argument. */
export class MappingArguments implements TemplateArguments {
  private value: unknown;
  private isTaken = false;

  constructor(private readonly mapping: object) {
    this.value = mapping;
  }

  take(): unknown {
    if (this.isTaken) throw notEnough();
    this.isTaken = true;
    return this.value;
  }

  pick(key: string): void {
    this.value = ownEntry(this.mapping, key);
    this.isTaken = false;
  }

  requireMapping(): void {}

  requireAllTaken(): void {}
}

/** An entry of a Map or an own property: a key like `__proto__` never reaches a prototype. */
function ownEntry(mapping: object, key: string): unknown {
  if (mapping instanceof Map) {
    if (mapping.has(key)) return mapping.get(key);
  } else if (Object.hasOwn(mapping, key)) {
    return (mapping as Record<string, unknown>)[key];
  }
  throw new TemplateError('KeyError', repr(key));
}

function notEnough(): TemplateError {
  return new TemplateError('TypeError', 'not enough arguments for format string');
}
