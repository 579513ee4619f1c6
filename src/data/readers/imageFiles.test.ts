import { expect, test, vi } from "vitest";
import { readPicture } from "./imageFiles.js";

test("says what to install when pictures cannot be decoded here", async () => {
  vi.doMock("sharp", () => {
    throw new Error("Could not load the sharp module");
  });
  const shape = { height: 2, width: 2, channels: 3 };
  await expect(readPicture("x.png", shape)).rejects.toThrow(/npm install sharp/);
});
