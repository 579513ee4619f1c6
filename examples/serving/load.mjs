// Asks a server from a process of its own, checks every answer, and tells what came back:
//
//   node examples/serving/load.mjs '{"port": 8080, "bodies": "FILE", "seconds": 5, "connections": 64, "rate": 0}'
//
// FILE is JSON: a list of {body (base64), text (an answer), answer: [[class, confidence], ...]}. Each connection asks when it has its answer; with a
// rate (requests a second) requests begin at that rate whatever becomes of the ones before, as long as a connection is free.
// Plain sockets, so that the load takes as little as it can of the processor that it shares with the server.

import { readFileSync } from "node:fs";
import { connect } from "node:net";

const { port, bodies, seconds, connections, rate = 0 } = JSON.parse(process.argv[2]);
const requests = JSON.parse(readFileSync(bodies, "utf8")).map(({ body, answer, text }) => {
  const bytes = Buffer.from(body, "base64");
  const head = `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return { bytes: Buffer.concat([Buffer.from(head), bytes]), answer, text };
});

const found = {
  sent: 0,
  ok: 0,
  images: 0,
  refused: 0,
  withoutRetry: 0,
  wrong: 0,
  lost: 0,
  other: 0,
  late: 0,
};
const latencies = [];
const END = Buffer.from("\r\n\r\n");
/** Sums over other batches may differ in their last bits. */
const NEAR = 1e-3;

let next = 0;
const start = performance.now();
const end = start + 1000 * seconds;

/** Whether an answer is that of its request. */
function right(given, { text, answer }) {
  if (given === text) return true;
  const said = [JSON.parse(given)].flat();
  return (
    said.length === answer.length &&
    said.every(
      (one, at) => Math.abs(one.confidence - answer[at][1]) < NEAR && one.class === answer[at][0],
    )
  );
}

class Connection {
  received = Buffer.alloc(0);
  request = undefined;

  constructor(free) {
    this.free = free;
    this.socket = connect(port, "127.0.0.1").setNoDelay();
    this.socket.on("data", (chunk) => this.take(chunk));
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      if (this.request) found.lost++;
      this.closed = true;
    });
  }

  ask() {
    this.request = requests[next++ % requests.length];
    this.began = performance.now();
    found.sent++;
    this.socket.write(this.request.bytes);
  }

  take(chunk) {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const head = this.received.indexOf(END);
    if (head < 0) return;
    const headers = this.received.toString("latin1", 0, head);
    const length = Number(/content-length: (\d+)/i.exec(headers)[1]);
    if (this.received.length < head + 4 + length) return;
    this.answered(headers, this.received.toString("utf8", head + 4, head + 4 + length));
    this.received = this.received.subarray(head + 4 + length);
    if (this.received.length > 0) found.other++;
    this.request = undefined;
    this.free(this);
  }

  answered(headers, text) {
    const status = Number(headers.slice(9, 12));
    if (status === 503) {
      found.refused++;
      if (!/retry-after: \d+/i.test(headers)) found.withoutRetry++;
    } else if (status === 200) {
      found.ok++;
      found.images += this.request.answer.length;
      latencies.push(performance.now() - this.began);
      if (!right(text, this.request)) found.wrong++;
    } else found.other++;
  }
}

const idle = [];
const free = (connection) => {
  if (rate > 0) idle.push(connection);
  else if (performance.now() < end) connection.ask();
};
const all = Array.from({ length: connections }, () => new Connection(free));
for (const connection of all) free(connection);

if (rate > 0) {
  let due = 0;
  const timer = setInterval(() => {
    const now = Math.min(performance.now(), end);
    for (const wanted = (rate * (now - start)) / 1000; due < wanted; due++) {
      const connection = idle.shift();
      if (connection) connection.ask();
      else found.late++;
    }
    if (now >= end) clearInterval(timer);
  }, 2);
}

/** Waits until every request has an answer. */
await new Promise((done) => {
  const look = setInterval(() => {
    if (performance.now() < end || all.some(({ request, closed }) => request && !closed)) return;
    clearInterval(look);
    done();
  }, 10);
});
const took = (performance.now() - start) / 1000;
for (const { socket } of all) socket.destroy();
latencies.sort((a, b) => a - b);
const quantile = (share) => latencies[Math.floor(share * latencies.length)];
console.log(
  JSON.stringify({
    ...{ ...found, imagesPerSecond: found.images / took, requestsPerSecond: found.ok / took },
    ...{ medianMs: quantile(0.5), p99Ms: quantile(0.99) },
  }),
);
