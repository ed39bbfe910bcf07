/** Speed of the page: `MEASURE=1 npx vitest run test/web/speed.test.ts` on a quiet machine prints it. */
import { expect, test } from 'vitest';
import { parseSetUp } from '../../src/game/setUp.js';
import { describePage } from './browser.js';

const DEAL = '=BBYK/RRWW/BYKK/YYRW/BRKW';
const SEARCHES = 20;

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

describePage('the speed of the page', (open) => {
  test.skipIf(!process.env.MEASURE)(
    'first paint, table, model, 200 simulations, frames while it thinks (MEASURE=1)',
    async () => {
      const address = `#play?seats=person,club&seed=7&start=2&moves=${encodeURIComponent(DEAL)}`;
      const page = await open(address, {
        reducedMotion: 'no-preference',
        prepare: (page) =>
          page.addInitScript(`new MutationObserver((_, observer) => {
          if (!document.querySelector('button.group')) return;
          performance.mark('table');
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });
        window.Worker = class extends Worker {
          constructor(...args) {
            super(...args);
            this.addEventListener('message', () => performance.mark('model'), { once: true });
          }
        };`),
      });
      await page.waitForFunction(() => performance.getEntriesByName('model').length > 0);
      const times = (await page.evaluate(`['first-contentful-paint', 'table', 'model'].map(
      (name) => performance.getEntriesByName(name)[0].startTime)`)) as number[];

      const state = JSON.stringify([...parseSetUp(`start 2 moves ${DEAL}`).state]);
      const searches = (await page.evaluate(`(async () => {
      const script = performance.getEntriesByType('resource').find(({ name }) => name.includes('/worker-')).name;
      const worker = new Worker(script, { type: 'module' });
      worker.postMessage({ kind: 'models', folder: new URL('models/', document.baseURI).href });
      const times = [];
      for (let id = 0; id <= ${SEARCHES}; id++) {
        const start = performance.now();
        const position = { players: 2, state: Int32Array.from(${state}) };
        const options = { multipv: 1, seed: id };
        worker.postMessage({ kind: 'search', id, position, budget: { sims: 200 }, options });
        await new Promise((resolve) => {
          worker.onmessage = ({ data }) => data.kind === 'report' && resolve();
        });
        times.push(performance.now() - start);
      }
      worker.terminate();
      return times.slice(1);
    })()`)) as number[];

      await page.getByLabel('Think along').check();
      const frames = (await page.evaluate(`new Promise((resolve) => {
      const times = [];
      const frame = (now) => {
        times.push(now);
        if (now - times[0] < 1000) requestAnimationFrame(frame);
        else resolve(times.slice(1).map((time, i) => time - times[i]));
      };
      requestAnimationFrame(frame);
    })`)) as number[];
      const rate = (1000 * frames.length) / frames.reduce((a, b) => a + b);
      console.log(
        `first paint ${times[0]!.toFixed(0)} ms, table ${times[1]!.toFixed(0)} ms, model ready ${times[2]!.toFixed(0)} ms; ` +
          `200 simulations ${median(searches).toFixed(0)} ms (${SEARCHES} searches, longest ${Math.max(...searches).toFixed(0)}); ` +
          `${rate.toFixed(1)} frames/s while it thinks, longest frame ${Math.max(...frames).toFixed(0)} ms`,
      );
      expect(times[0]).toBeLessThan(1000);
      expect(times[1]).toBeLessThan(2000);
      expect(median(searches)).toBeLessThan(1000);
      expect(rate).toBeGreaterThan(58);
    },
  );
});
