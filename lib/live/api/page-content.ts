import { readFile } from 'node:fs/promises';

/** The page as it was built. */
export interface PageContent {
  /** The document, with its script and styles in it. */
  readonly html: string;
  /** Its Content-Security-Policy, which names the two by their digests. */
  readonly policy: string;
}

/**
 * The page of this package. This file is for those who run the sources. The build replaces it by the page itself, so that
 * bundled applications have it too.
 *
 * @throws {Error} If it was not built.
 */
export async function readPage(): Promise<PageContent> {
  const text = await readFile(new URL('../../../dist/page/page.json', import.meta.url), 'utf8');
  return JSON.parse(text) as PageContent;
}
