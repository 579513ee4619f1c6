import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { SteadyStream, say, sayJson } from "./console.js";

/** A stream that keeps what it is given, until its reader goes. */
class Pipe extends EventEmitter {
  text = "";
  thrown?: Error;
  /** What a write that is done tells of those before it. */
  late?: Error;

  write(text: string, done?: (error?: Error) => void): void {
    if (this.thrown) throw this.thrown;
    this.text += text;
    if (done) process.nextTick(done, this.late);
  }
}

const failure = (code: string) => Object.assign(new Error(code), { code });
const open = () => {
  const pipe = new Pipe();
  return { pipe, steady: new SteadyStream(pipe as unknown as NodeJS.WriteStream) };
};

test("a stream whose reader has gone is written no more, and that is no failure", async () => {
  const { pipe, steady } = open();
  say(steady, "a");
  pipe.emit("error", failure("EPIPE"));
  say(steady, "b");
  expect([pipe.text, await steady.failure()]).toEqual(["a\n", undefined]);
});

test.each(["ENOSPC", "EIO"])("a stream that fails with %s tells so in the end", async (code) => {
  const { pipe, steady } = open();
  pipe.thrown = failure(code);
  say(steady, "a");
  pipe.emit("error", failure("EPIPE"));
  say(steady, "b");
  expect(await steady.failure()).toBe(pipe.thrown);
});

test("a stream is waited for until it can tell whether all was written", async () => {
  const { pipe, steady } = open();
  say(steady, "a");
  expect(await steady.failure()).toBeUndefined();
  pipe.late = failure("ENOSPC");
  expect(await steady.failure()).toBe(pipe.late);
});

test("what is said is shown and not obeyed", () => {
  const { pipe, steady } = open();
  say(steady, "class \u001b[2J\nnext");
  sayJson({ out: steady, err: steady }, { name: "\u009b" });
  expect(pipe.text).toBe('class \\u001b[2J\nnext\n{\n  "name": "\\u009b"\n}\n');
});
