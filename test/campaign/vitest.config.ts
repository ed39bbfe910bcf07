/** Campaigns run by `npm run campaign` and not with the other tests, since each lasts for a chosen time. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/campaign/*.campaign.ts'], testTimeout: 0, fileParallelism: false, bail: 1 },
});
