import { expect, test } from "vitest";
import { main } from "./main.js";

async function convoy(text: string) {
  const [out, err] = [[] as string[], [] as string[]];
  const into = (lines: string[]) => ({ write: (line: string) => void lines.push(line) });
  const code = await main(text.split(" "), { out: into(out), err: into(err) } as never);
  return { code, out: out.join(""), err: err.join("") };
}

test("a swarm that is not there is told of in words, and as one object", async () => {
  const asked = "simulate lenet5 --particles 8 --host 2 --epoch 1m --rate 10MB --rounds 20";
  const { code, out } = await convoy(asked);
  expect(code).toBe(0);
  expect(out).toContain("pso of 8 lenet5 in 4 processes, which meet after each epoch; 20 rounds");
  expect(out).toMatch(/sent +1\.5 MB a process and round, 5\.9 MB by all/);
  expect(out).toMatch(/time +121 s a round, of which 120 s are training/);
  const found = JSON.parse((await convoy(`${asked} --json`)).out);
  expect(found).toMatchObject({ processes: 4, training: 120, late: 0, every: "epoch" });
  expect(found.sent).toBe(20 * 4 * found.bytes);
});

test("steps, slow machines, deadlines and losses have a say", async () => {
  const own =
    "--swarm sync-sgd --coupling compress=sign --steps 600 --wait 0.05 --slow 0.25:4 --lost 1h:2m";
  const { out } = await convoy(`simulate lenet5 --particles 8 --epoch 1m ${own} --jitter 0.1`);
  expect(out).toContain("which meet at each step");
  expect(out).toMatch(/sent +7\.\d KB a process/);
  expect(out).toMatch(/too late +1\d\.\d %/);
});

test.each([
  ["lenet5", /required option '--epoch <time>'/],
  ["lenet5 --epoch 1m --particles 1", /one process sends nothing/],
  ["lenet5 --epoch 1m --particles 7 --host 2", /a multiple|another multiple of it/],
  ["lenet5 --epoch 1m --swarm sync-sgd --coupling partition=on", /partition/],
  ["lenet5 --epoch 1m --swarm independent", /its nets never meet/],
  ["lenet5 --epoch 1m --slow 2:3", /share between 0 and 1/],
  ["lenet5 --epoch 1m --lost 24h", /Expected EVERY:GONE/],
  ["lenet5 --epoch 1m --coupling m", /not of the form name=value/],
  ["lenet5 --epoch 1m --coupling q=3", /"q"/],
  ["lenet5 --epoch ten", /"ten" is no time/],
  ["lenet5 --epoch 1m --latency x", /--latency/],
])("%s is refused", async (text, message) => {
  const { code, err } = await convoy(`simulate ${text}`);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});
