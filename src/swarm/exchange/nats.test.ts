import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { NatsServer, natsProgram } from "../../../test/support/natsServer.js";
import { TcpProxy } from "../../../test/support/tcpProxy.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { referenceEngine } from "../../engine/reference/index.js";
import { layoutOf } from "../../graph/index.js";
import type { Exchange } from "./exchange.js";
import { openSite } from "./index.js";
import { nats } from "./nats.js";
import { parseNatsAddress } from "./natsAddress.js";

const engine = referenceEngine();
const LENGTH = 1000;
const layout = layoutOf([{ name: "weight", shape: [LENGTH], kind: "weight" }]);

/** Two ends, of particle 0 and of particle 1; the second one may go through another port. */
async function ends(address: string, other = address): Promise<[Exchange, Exchange]> {
  const [first, second] = await Promise.all(
    [address, other].map(async (at, particle) => {
      const end = await nats(at, { hosted: [particle], patience: 20_000 }).open({
        particles: 2,
        layout,
        engine,
      });
      onTestFinished(() => end.close());
      return end;
    }),
  );
  return [first, second];
}

async function publish(end: Exchange, round: number, particle: number) {
  const position = engine.vector(LENGTH);
  await position.write(new Float32Array(LENGTH).fill(10 * round + particle));
  await end.publish(round, { particle, healthy: true, lr: 0.1 }, { position });
}

/** Health of a round's particles, and the first number of each vector as the other one has it. */
async function see(end: Exchange, self: number, round: number, wait?: number) {
  const snapshots = await end.round(round, wait && Date.now() + wait);
  const numbers = snapshots.map(async ({ healthy }, particle) =>
    healthy ? (await (await end.vector(particle, "position", self)).read(0, 1))[0] : undefined,
  );
  return Promise.all(numbers);
}

async function playBoth([first, second]: [Exchange, Exchange], round: number) {
  const both = [first, second].map(async (end, particle) => {
    await publish(end, round, particle);
    return see(end, particle, round);
  });
  for (const seen of await Promise.all(both)) expect(seen).toEqual([10 * round, 10 * round + 1]);
}

describe.skipIf(natsProgram === undefined)("NATS (nats-server is needed)", () => {
  let server: NatsServer;
  let swarms = 0;
  const place = () => `${server.address}/t${swarms++}`;
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.remove());

  /** A bucket of a swarm, seen by somebody else. */
  async function peer(address: string) {
    const connection = await connect({ servers: server.address });
    onTestFinished(() => connection.close());
    return new Kvm(connection).open(address.split("/").at(-1)!);
  }

  test("what is old is deleted", async () => {
    const address = place();
    const both = await ends(address);
    for (let round = 0; round < 8; round++) {
      await playBoth(both, round);
      await Promise.all(both.map((end, particle) => end.gather(particle, new Uint8Array(10))));
      await both[0].saved(round, round);
      await both[1].saved(round - 1, round - 1);
    }
    const keys: string[] = [];
    for await (const key of await (await peer(address)).keys()) keys.push(key);
    const rounds = new Set(keys.flatMap((key) => /^round\.(\d+)/.exec(key)?.[1] ?? []));
    expect([...rounds].sort()).toEqual(["6", "7"]);
    expect(keys.filter((key) => key.startsWith("gather")).length).toBeLessThan(20);
    await expect(both[0].round(3)).rejects.toThrow("round 3 is over: round 7 was closed since");
    const [late] = await ends(address);
    await expect(late.round(3)).rejects.toThrow("round 3 is over: round 6 was closed since");
  });

  test("a server that is killed in a round, and one with an older store", async () => {
    const own = await NatsServer.start();
    onTestFinished(() => own.remove());
    const both = await ends(`${own.address}/s`);
    await playBoth(both, 0);
    await own.end();
    const older = own.copy();
    await own.start();
    await playBoth(both, 1);
    await publish(both[0], 2, 0);
    const waiting = see(both[0], 0, 2);
    await own.end("SIGKILL");
    own.restore(older);
    await own.start();
    await publish(both[1], 2, 1);
    expect(await see(both[1], 1, 2)).toEqual([20, 21]);
    expect(await waiting).toEqual([20, 21]);
    await playBoth(both, 3);
  }, 30_000);

  test("who is told to stop waits for nobody, and for no server", async () => {
    const own = await NatsServer.start();
    onTestFinished(() => own.remove());
    const stops = [new AbortController(), new AbortController()];
    const open = (hosted: number) =>
      nats(`${own.address}/s`, { hosted: [hosted], signal: stops[hosted].signal }).open({
        ...{ particles: 2, layout, engine },
      });
    const both = await Promise.all([open(0), open(1)]);
    for (const end of both) onTestFinished(() => end.close());
    await publish(both[0], 0, 0);
    const waiting = expect(both[0].round(0)).rejects.toThrow(/nobody waits for round 0 any more/);
    stops[0].abort();
    await waiting;
    await own.end("SIGKILL");
    const away = expect(publish(both[1], 0, 1)).rejects.toThrow(/\/s: not asked again/);
    stops[1].abort();
    await away;
  });

  test("connections that are delayed, cut and half open", async () => {
    const proxy = await TcpProxy.start(server.port);
    onTestFinished(() => proxy.close());
    const address = place();
    const both = await ends(address, address.replace(String(server.port), String(proxy.port)));
    Object.assign(proxy, { delay: 2, jitter: 4 });
    await playBoth(both, 0);
    proxy.cut();
    const cutting = setInterval(() => proxy.cut(), 500);
    await playBoth(both, 1);
    clearInterval(cutting);
    await playBoth(both, 2);
    expect(proxy.connections).toBeGreaterThan(1);
    proxy.halfOpen = true;
    await publish(both[0], 3, 0);
    expect(await see(both[0], 0, 3, 100)).toEqual([30, undefined]);
    proxy.halfOpen = false;
    proxy.cut();
    await publish(both[1], 3, 1);
    expect(await see(both[1], 1, 3, 100)).toEqual([30, undefined]);
    await playBoth(both, 4);
  }, 30_000);

  test("a peer whose bytes are damaged is left out by everybody, and counted", async () => {
    const address = place();
    const both = await ends(address);
    const bucket = await peer(address);
    await publish(both[1], 0, 1);
    const chunk = (await bucket.get("round.0.v.1.0.0"))!.value.slice();
    chunk[200] ^= 1;
    await bucket.put("round.0.v.1.0.0", chunk);
    await publish(both[0], 0, 0);
    const seen = await Promise.all(both.map((end, self) => see(end, self, 0)));
    expect(seen).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
    expect(both[0]).toMatchObject({ refused: 1 });
    await bucket.put("round.1.closed", new TextEncoder().encode('{"present":[null]}'));
    await playBoth(both, 1);
  });

  test("users, tokens and TLS, without a secret in any message", async () => {
    const guarded = await NatsServer.start(["--user", "ann", "--pass", "s3cret"]);
    onTestFinished(() => guarded.remove());
    const setup = { particles: 1, layout, engine };
    const at = `127.0.0.1:${guarded.port}/s`;
    await (await nats(`nats://ann:s3cret@${at}`).open(setup)).close();
    const refused = await nats(`nats://ann:wr0ng@${at}`).open(setup).catch(String);
    expect(refused).toContain(`nats://${at}: it refuses this user, password, token or key`);
    expect(refused).not.toContain("wr0ng");
    const away = nats("nats://ann:s3cret@127.0.0.1:1/s").open(setup);
    await expect(away).rejects.toThrow(/^nats:\/\/127\.0\.0\.1:1\/s: it cannot be reached/);
    const folder = temporaryFolder();
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
    const made = spawnSync("openssl", [
      ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split(" "),
      ..."-addext subjectAltName=DNS:localhost".split(" "),
      ...["-keyout", key, "-out", cert],
    ]);
    expect(made.status).toBe(0);
    const secure = await NatsServer.start(["--tls", "--tlscert", cert, "--tlskey", key]);
    onTestFinished(() => secure.remove());
    const parsed = parseNatsAddress(`tls://localhost:${secure.port}/s`, { NATS_CA: cert });
    await (await nats(parsed).open(setup)).close();
    await expect(nats(parseNatsAddress(parsed.shown, {})).open(setup)).rejects.toThrow(
      "cannot be reached",
    );
  });
});

describe("addresses", () => {
  test("who asks is said by the address, else by the environment", () => {
    const environment = { NATS_USER: "bob", NATS_PASSWORD: "x", NATS_CREDS: "/c" };
    expect(parseNatsAddress("nats://h/s", environment)).toMatchObject({
      server: "h:4222",
      options: { user: "bob", pass: "x" },
      credentials: "/c",
    });
    const named = parseNatsAddress("tls://t0ken@h:1", environment);
    expect(named).toEqual({
      server: "h:1",
      name: "swarm",
      shown: "tls://h:1/swarm",
      options: { token: "t0ken", tls: {} },
    });
  });

  test.each([
    ["http://ann:s3cret@h", "http: is no address"],
    ["nats://ann:s3cret@h/a.b", "a.b is no name of a swarm"],
    ["nats://ann:s3cret@h:99999999", "is no URL"],
  ])("%s is refused, without its secret", (address, message) => {
    expect(() => parseNatsAddress(address, {})).toThrow(message);
    expect(() => parseNatsAddress(address, {})).not.toThrow("s3cret");
  });

  test("a swarm's place is shown without a secret, and needs a folder of runs", () => {
    expect(openSite("nats://ann:s3cret@h/s?runs=/r")).toMatchObject({
      address: "nats://h:4222/s",
      runs: "/r",
    });
    const refusal = (address: string) => {
      try {
        return openSite(address).address;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal("nats://ann:s3cret@h/s")).toContain(
      "--exchange nats://h:4222/s: expected ?runs=",
    );
    expect(refusal("natz://ann:s3cret@h/s")).toContain("--exchange natz://h/s: expected");
  });

  test("a file of credentials that is not there", async () => {
    const folder = temporaryFolder();
    const address = parseNatsAddress("nats://h/s", { NATS_CREDS: join(folder, "none") });
    const opened = nats(address).open({ particles: 1, layout, engine });
    await expect(opened).rejects.toThrow("none: the file of credentials cannot be read (ENOENT)");
  });
});
