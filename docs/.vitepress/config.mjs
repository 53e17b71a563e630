import { readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path/posix';

const { version, repository } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
const home = repository.url.replace(/^git\+|\.git$/g, '');

/** The site that `npm run docs:site` builds from the pages of docs/, as they are. */
export default {
  title: 'nestjs-logging',
  description: "Python's logging, whole, for NestJS",
  lastUpdated: true,
  outDir: '../.site',
  cacheDir: '../node_modules/.cache/vitepress',
  // Long code in a table breaks, so that the table fits its column.
  head: [['style', {}, '.vp-doc td code { overflow-wrap: anywhere; }']],
  markdown: { config: (md) => md.core.ruler.push('repository-links', linkToRepository) },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: home }],
    nav: [{ text: version, items: [{ text: 'Changes', link: `${home}/blob/main/CHANGELOG.md` }] }],
    sidebar: [
      group('Start', {
        Concepts: 'concepts',
        Recipes: 'recipes',
        Troubleshooting: 'troubleshooting',
        Errors: 'errors',
        'From nestjs-pino': 'from-nestjs-pino',
        'From nest-winston': 'from-nest-winston',
        "From Nest's logger": 'from-nest-logger',
        'From Spring Boot': 'from-spring-boot',
        'What the sample prints': 'sample-output',
      }),
      group('Configuration', {
        Configuration: 'configuration',
        'Configuration files': 'configuration-files',
        'The command line': 'cli',
        Handlers: 'handlers',
        'Shipping to engines': 'shipping',
      }),
      group('In use', {
        Requests: 'request-logging',
        Testing: 'testing',
        Production: 'production',
        Live: 'live',
        'Bundling and serverless': 'bundling',
        Tuning: 'tuning',
        Performance: 'performance',
        Reference: 'reference',
        'Support and upgrades': 'support',
      }),
      group('Python', {
        "From Python's logging": 'from-python',
        Cookbook: 'python-cookbook',
        Differences: 'differences-from-python',
        "Python's reference": 'python/reference',
        "Python's own tests": 'python/test-suite',
      }),
    ],
  },
};

function group(text, pages) {
  return { text, items: Object.entries(pages).map(([title, page]) => ({ text: title, link: `/${page}` })) };
}

/** A link that leaves docs/ leads to the file in the repository. */
function linkToRepository({ tokens, env }) {
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    const href = token.attrGet('href');
    if (token.type !== 'link_open' || href === null || /^(\w+:|#|\/)/.test(href)) continue;
    const target = normalize(`docs/${dirname(env.relativePath)}/${href}`);
    if (!target.startsWith('docs/')) token.attrSet('href', `${home}/blob/main/${target}`);
  }
}
