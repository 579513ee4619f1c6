// A server under twice the load that it can take, from a second process:
//
//   node examples/serving/overload.mjs RUN DATA [SECONDS]
//
// First measures what it can do, then sends requests at twice that rate for SECONDS (default 30). Each answer must be that of
// its own image, or a 503 that says when to come again; nothing may be lost. Prints the memory of the server at each tenth,
// and its exit code after SIGTERM. Ends with code 1 where anything was lost, wrong, or of another status.

import { readFileSync } from "node:fs";
import { filesOf, load, startServer, withAnswers } from "./ask.mjs";

const [run, data, seconds = "30"] = process.argv.slice(2);
if (!data) {
  console.error("usage: node examples/serving/overload.mjs RUN DATA [SECONDS]");
  process.exit(2);
}
const { address, port, pid, close } = await startServer("convoy", run, 1);
const bodies = await withAnswers(address, await filesOf(data, 500));
await load({ port, bodies, seconds: 2, connections: 64 });
const alone = await load({ port, bodies, seconds: 4, connections: 64 });
const rate = 2 * alone.requestsPerSecond;
console.log(
  `can do ${Math.round(alone.requestsPerSecond)} requests a second; sending ${Math.round(rate)}`,
);

/** Megabytes that the server has in memory. */
const memory = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1000;
const seen = [memory()];
const timer = setInterval(() => seen.push(memory()), (1000 * Number(seconds)) / 10);
const found = await load({ port, bodies, seconds: Number(seconds), connections: 900, rate });
clearInterval(timer);
console.log(JSON.stringify(found));
console.log(`memory in MB: ${seen.map(Math.round).join(", ")}`);
const held = /convoy_held_bytes (\d+)/.exec(await (await fetch(`${address}/metrics`)).text())[1];
const code = await close();
console.log(`held bytes at the end ${held}, exit code ${code}`);
const { sent, ok, refused, wrong, lost, other, withoutRetry } = found;
const fine =
  sent === ok + refused && wrong + lost + other + withoutRetry + Number(held) + code === 0;
console.log(fine ? "nothing lost, nothing mixed up" : "FAILED");
process.exitCode = fine ? 0 : 1;
