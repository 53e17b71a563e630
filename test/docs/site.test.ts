import { describe, expect, it } from '@jest/globals';
import { readPages } from '../support/docs/markdown.js';

interface SiteConfig {
  readonly themeConfig: {
    readonly sidebar: readonly { readonly items: readonly { readonly link: string }[] }[];
  };
}

describe('the documentation site', () => {
  it('leads to every page of docs/ from its side', async () => {
    const name = '../../docs/.vitepress/config.mjs';
    const { default: config } = (await import(name)) as { default: SiteConfig };
    const linked = config.themeConfig.sidebar.flatMap(({ items }) =>
      items.map(({ link }) => `docs${link}.md`),
    );
    const pages = readPages().map(({ path }) => path);
    expect(linked.sort()).toEqual(
      pages.filter((path) => path.startsWith('docs/') && path !== 'docs/index.md').sort(),
    );
  });
});
