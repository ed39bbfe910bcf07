/** Campaigns run by themselves (`npm run campaign`), not with the other tests: each lasts as long as it is told to. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/campaign/*.campaign.ts'], testTimeout: 0, fileParallelism: false, bail: 1 },
});
