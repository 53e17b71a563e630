/**
 * Lets Jest find `./name.ts` where a TypeScript source, as NodeNext asks, imports './name.js'.
 * Only files outside node_modules are treated so; everything else is resolved as Jest does.
 */
module.exports = (request, options) => {
  const isOurs = !options.basedir.includes('node_modules');
  if (isOurs && request.startsWith('.') && request.endsWith('.js')) {
    try {
      return options.defaultResolver(`${request.slice(0, -3)}.ts`, options);
    } catch {
      // A real JavaScript file: resolved below.
    }
  }
  return options.defaultResolver(request, options);
};
