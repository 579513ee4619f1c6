import { expect, test, vi } from "vitest";
import { interruptible } from "./interrupt.js";

test.each([
  ["SIGINT", "SIGINT", "SIGINT"],
  ["SIGTERM", "SIGTERM", "SIGTERM"],
  ["SIGHUP", "SIGTERM", "SIGINT"],
] as const)("%s asks to save, the next %s waits, the third ends", async (...signals) => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  const notices: string[] = [];
  const seen: [boolean, number][] = [];
  const work = async (signal: AbortSignal) => {
    for (const name of signals) {
      process.emit(name);
      seen.push([signal.aborted, exit.mock.calls.length]);
    }
    return "saved";
  };
  try {
    expect(await interruptible(work, (line) => notices.push(line))).toBe("saved");
  } finally {
    exit.mockRestore();
  }
  expect(seen).toEqual([
    [true, 0],
    [true, 0],
    [true, 1],
  ]);
  expect(notices).toEqual([
    expect.stringContaining("saving the run"),
    expect.stringMatching(/still saving.*one more signal/),
  ]);
  expect(process.listenerCount("SIGHUP")).toBe(0);
});
