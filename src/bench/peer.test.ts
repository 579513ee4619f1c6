import { expect, test } from "vitest";
import { openPeer, type Peer, PeerError } from "./peer.js";
import { workloadOf } from "./workload.js";

const workload = workloadOf({
  ...{ work: "step", model: "lenet5", batch: 4, nets: 1 },
  ...{ threads: [1], tuneSeconds: 1 },
});

/** A peer that runs this program in Node. */
const peerOf = (program: string): Peer => ({
  name: "other",
  works: ["step"],
  command: () => [process.execPath, "--input-type=module", "-e", program, "--"],
  cure: "install it",
});

const ready = `console.log(JSON.stringify({ ready: { version: "2", setting: process.argv.at(-1), parameters: 3 } }));`;
const answers = `${ready}
for await (const line of (await import("node:readline")).createInterface({ input: process.stdin }))
  console.log(JSON.stringify({ seconds: JSON.parse(line).steps / 4 }));`;

test("a peer gets the workload, runs steps when told to, and ends", async () => {
  const peer = await openPeer(peerOf(answers), workload, 60);
  expect(peer).toMatchObject({ version: "2", parameters: 3 });
  expect(JSON.parse(peer.setting)).toMatchObject({ model: "lenet5", batch: 4, image: [1, 28, 28] });
  expect(await peer.run(8)).toBe(2);
  expect(await peer.run(2)).toBe(0.5);
  await peer.close();
  await expect(peer.run(1)).rejects.toThrow(PeerError);
});

test.each([
  ["absent", `console.log('{"absent": "no module torch"}')`, /other: no module torch; install it/],
  ["unable", `console.log('{"cannot": "no kernel"}')`, /other cannot run lenet5: no kernel/],
  ["broken", `console.error("it broke"); process.exit(3)`, /other ended early:\nit broke/],
])("a peer that is %s is told by name", async (_, program, message) => {
  await expect(openPeer(peerOf(program), workload, 60)).rejects.toThrow(message);
});

test("a program that does not exist is told with the cure", async () => {
  const peer: Peer = {
    name: "other",
    works: ["step"],
    command: () => ["/no/such/program"],
    cure: "install it",
  };
  await expect(openPeer(peer, workload, 60)).rejects.toThrow(/other: .*ENOENT; install it/);
});

test("a peer that does not answer is given up and ended", async () => {
  await expect(openPeer(peerOf("setInterval(() => {}, 1000)"), workload, 0.2)).rejects.toThrow(
    "other: no answer within 0.2 s",
  );
});
