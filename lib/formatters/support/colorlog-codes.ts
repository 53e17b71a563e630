const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'purple', 'cyan', 'white'];
const LOOKS: Readonly<Record<string, string>> = {
  ...{ reset: '0', bold: '1', thin: '2', italic: '3', underline: '4', blink: '5', reverse: '7', strike: '9' },
};
/** What stands before a colour's name: further codes, and where its codes start. */
const PREFIXES: Readonly<Record<string, { readonly look?: string; readonly light?: boolean }>> = {
  __proto__: null as never,
  '': {},
  bold_: { look: '1' },
  thin_: { look: '2' },
  light_: { light: true },
  bold_light_: { look: '1', light: true },
  thin_light_: { look: '2', light: true },
};

/**
 * The codes for a terminal that names of colours stand for, as Python's colorlog has them: `red`, `bold_red`,
 * `bg_light_blue`, several with commas.
 *
 * @returns `undefined` if there is a name among them that it does not know.
 */
export function parseColors(names: string): string | undefined {
  if (names === '') return '';
  const codes = names.split(',').map((name) => parseColor(name.trim()));
  return codes.includes(undefined) ? undefined : codes.join('');
}

function parseColor(name: string): string | undefined {
  if (Object.hasOwn(LOOKS, name)) return `\x1b[${LOOKS[name]}m`;
  const [, layer, prefix = '', color = ''] =
    /^(fg_|bg_)?((?:bold_|thin_)?(?:light_)?)([a-z]+)$/.exec(name) ?? [];
  const index = COLORS.indexOf(color);
  const { look, light } = PREFIXES[prefix] ?? {};
  if (index < 0) return undefined;
  const base = (layer === 'bg_' ? 40 : 30) + (light ? 60 : 0) + index;
  return `\x1b[${look === undefined ? '' : `${look};`}${base}m`;
}
