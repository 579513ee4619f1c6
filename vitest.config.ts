import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "studio/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/support/equality.ts"],
    testTimeout: 120_000,
    // The native engine already uses every core; more test workers only add noise.
    maxWorkers: 2,
  },
});
