import { expect, test, vi } from "vitest";
import { readImage } from "./imageFiles.js";

test("says what to install when images cannot be decoded here", async () => {
  vi.doMock("sharp", () => {
    throw new Error("Could not load the sharp module");
  });
  const shape = { height: 2, width: 2, channels: 3 };
  await expect(readImage("x.png", shape)).rejects.toThrow(/npm install sharp/);
});
