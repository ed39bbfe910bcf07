/** A real browser for tests of the page: Debian's chromium, or the one that CHROMIUM names. Without it tests are skipped. */
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect } from 'vitest';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
export const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The strictest content security policy under which the page works. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

export interface OpenOptions extends BrowserContextOptions {
  /** Console errors that the test expects. */
  expected?: RegExp;
  /** Called before the page is loaded. */
  prepare?: (page: Page) => Promise<unknown>;
}

/** Opens an address of the page, such as `#play?…`, or a whole address on another server. */
export type Open = (address: string, options?: OpenOptions) => Promise<Page>;

/** Tests in a browser. The built page is served by a static file server, below a path. */
export function describePage(name: string, tests: (open: Open) => void): void {
  const reason = executablePath ? '' : ': skipped, no chromium is installed; CHROMIUM=<path> names a browser';
  describe.skipIf(!executablePath)(`${name}${reason}`, () => {
    let browser: Browser;
    let address: string;
    const complaints: string[] = [];
    const serve = sirv(root('dist/web'));
    const server = createServer((request, response) => {
      response.setHeader('content-security-policy', POLICY);
      request.url = request.url?.replace(/^\/some\/where\//, '/') ?? '/nothing';
      serve(request, response, () => {
        response.writeHead(404).end();
      });
    });

    beforeAll(async () => {
      expect(existsSync(root('dist/web/index.html')), 'npm run build:web makes the page').toBe(true);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`;
      browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      // A page that is closed while it loads reports errors too.
      const found = [...complaints];
      await browser?.close();
      server.close();
      expect(found).toEqual([]);
    });

    tests(async (path, { expected, prepare, ...options } = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        reducedMotion: 'reduce',
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      });
      const target = new URL(path, address).href;
      const page = await context.newPage();
      const complain = (text: string) => {
        if (!expected?.test(text)) complaints.push(`${path}: ${text}`);
      };
      page.on('pageerror', ({ message }) => complain(message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complain(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(new URL('.', target).href) && !/^(blob|data):/.test(request.url()))
          complain(`loads ${request.url()}`);
      });
      await prepare?.(page);
      await page.goto(target);
      return page;
    });
  });
}

/** Expects that axe-core finds no serious accessibility problem on the page, by all its rules or the named ones. */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  await page.evaluate(axe.source);
  const run = `axe.run(${rules ? JSON.stringify({ runOnly: rules }) : ''})`;
  const { violations } = (await page.evaluate(run)) as axe.AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])])).toEqual(
    [],
  );
}

/** The notation of moves that are shown as tiles. */
export function codesOf(moves: Locator): Promise<string[]> {
  return moves.evaluateAll((all) => all.map((move) => move.getAttribute('data-move')!));
}

/** Saves a screenshot of the page for the documentation if SCREENSHOTS is set. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(root('docs/images'), { recursive: true });
  await page.screenshot({ path: root(`docs/images/${name}.png`) });
}
