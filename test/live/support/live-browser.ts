import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Browser, type BrowserContext, type BrowserServer, chromium, type Page } from 'playwright-core';

// Its sandbox needs more than a container gives; the pages are our own.
const program = { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] };

/** Debian's Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(program);
}

/** The same, as processes that can be stopped and killed. */
export async function launchFrailBrowser(): Promise<{
  readonly browser: Browser;
  signal(signal: NodeJS.Signals): void;
}> {
  const server: BrowserServer = await chromium.launchServer(program);
  const { pid } = server.process();
  return {
    browser: await chromium.connect(server.wsEndpoint()),
    // All of them: the one that reads from the network is not the one that shows the page.
    signal: (signal) => void process.kill(-(pid as number), signal),
  };
}

/** Sizes that the page is used at. */
export const sizes = {
  desktop: { width: 1_280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

/** A page that says what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and messages of the console. */
  readonly complaints: string[];
  /** The longest tasks since it was opened, in milliseconds. */
  longTasks(): Promise<number[]>;
  close(): Promise<void>;
}

/** Opens an address at a size. */
export async function openPage(
  browser: Browser,
  address: string,
  size: keyof typeof sizes,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme,
    hasTouch: size === 'phone',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  // As text: it runs in the browser, whose types are not those of this program.
  await page.addInitScript(`
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration));
    }).observe({ type: 'longtask', buffered: true });
  `);
  await page.goto(address);
  return {
    page,
    context,
    complaints,
    longTasks: () => page.evaluate('longTasks') as Promise<number[]>,
    close: () => context.close(),
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps somebody from using the page, as axe-core finds it, in light and in dark. */
export async function findBarriers(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(`${axe}; undefined`);
    const violations = (await page.evaluate(`axe.run().then(({ violations }) => violations.map(
      ({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, any }) => html.slice(0, 200) +
        ' ' + any.map(({ message }) => message).join('; ')).join(' | ')))`)) as string[];
    found.push(...violations.map((violation) => `${colorScheme}: ${violation}`));
  }
  return found;
}

/** Writes a picture for the documentation, where `WRITE_PICTURES` is set. @param scheme For this picture alone. */
export async function takePicture(page: Page, name: string, scheme?: 'light' | 'dark'): Promise<void> {
  if (!process.env.WRITE_PICTURES) return;
  if (scheme !== undefined) await page.emulateMedia({ colorScheme: scheme });
  const folder = path.join(import.meta.dirname, '../../../docs/images');
  mkdirSync(folder, { recursive: true });
  const { width = 0 } = page.viewportSize() ?? {};
  const clip = { x: 0, y: 0, width, height: 600 };
  await page.screenshot({ path: path.join(folder, `live-${name}.png`), clip });
  if (scheme !== undefined) await page.emulateMedia({ colorScheme: null });
}
