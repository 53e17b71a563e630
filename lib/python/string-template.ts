import { repr, str } from './python-text.js';
import { TemplateError, type TemplatePart } from './template.js';

/** Python's `string.Template.pattern`: an escape, a name, a name in braces, or a dollar alone. */
const DOLLAR = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)\}|())/gi;

/**
 * The parts of a `$name` format of a record formatter, as `string.Template` reads it; `$$` is a dollar.
 *
 * @throws TemplateError (ValueError) on a dollar that starts no placeholder
 * @see https://docs.python.org/3/library/string.html#template-strings-strings
 */
export function parseDollarFormat(format: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let end = 0;
  for (const match of format.matchAll(DOLLAR)) {
    const [whole, escaped, named, braced] = match;
    literal += format.slice(end, match.index);
    end = match.index + whole.length;
    const name = named ?? braced;
    if (name === undefined) {
      if (escaped === undefined) throw invalidPlaceholder(format, match.index);
      literal += '$';
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ name, render: str, isPlain: true, isNumeric: false });
  }
  literal += format.slice(end);
  if (literal !== '') parts.push(literal);
  return parts;
}

/**
 * Checks a `$name` format as `StringTemplateStyle.validate` of Python.
 *
 * @throws TemplateError (ValueError) on a bare dollar, and where there is no field
 */
export function validateDollarFormat(format: string): void {
  let fieldCount = 0;
  for (const [whole, , named, braced] of format.matchAll(DOLLAR)) {
    if (whole === '$') throw new TemplateError('ValueError', "invalid format: bare '$' not allowed");
    if (named !== undefined || braced !== undefined) fieldCount++;
  }
  if (fieldCount === 0) throw new TemplateError('ValueError', 'invalid format: no fields');
}

/**
 * `Template(template).substitute(mapping)` of Python. Of `mapping`, own properties count.
 *
 * Differs from Python: a malformed template is refused before its names are looked up.
 *
 * @throws TemplateError (ValueError) on an invalid placeholder, (KeyError) on a name that is missing
 */
export function substitute(template: string, mapping: object): string {
  let text = '';
  for (const part of parseDollarFormat(template)) {
    if (typeof part === 'string') {
      text += part;
    } else if (Object.hasOwn(mapping, part.name)) {
      text += str((mapping as Record<string, unknown>)[part.name]);
    } else {
      throw new TemplateError('KeyError', repr(part.name));
    }
  }
  return text;
}

function invalidPlaceholder(template: string, index: number): TemplateError {
  const lines = template.slice(0, index).split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  const column = [...(lines.at(-1) ?? '')].length + 1;
  return new TemplateError(
    'ValueError',
    `Invalid placeholder in string: line ${lines.length}, col ${column}`,
  );
}
