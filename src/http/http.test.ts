// Servers on these pieces, asked over real connections.

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { InputError } from "../inputError.js";
import {
  expectLocal,
  expectToken,
  HttpError,
  isLoopback,
  type ListenerOptions,
  listenerOf,
  newToken,
  type Routes,
  readBody,
  sameToken,
  sendJson,
} from "./index.js";

/** A server of routes; gives its port. */
async function listening(routes: Routes, options: Partial<ListenerOptions> = {}) {
  const onFault = options.onFault ?? ((error) => expect.unreachable(String(error)));
  const server = createServer(listenerOf(routes, { ...options, onFault }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** Asks with headers that `fetch` would not send. */
async function asked(
  port: number,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const sent = request({ port, host: "127.0.0.1", path, method, headers, agent: false });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode!, headers: answer.headers, text };
}

const said = (_: IncomingMessage, response: ServerResponse) => sendJson(response, 200, { a: 1 });

test("paths and methods are those of the table", async () => {
  const port = await listening({ "/a": { GET: said, POST: said } });
  const { status, headers, text } = await asked(port, "/a?b=1");
  expect([status, text]).toEqual([200, '{"a":1}']);
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  expect(await asked(port, "/a", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  const other = await asked(port, "/a", { method: "DELETE" });
  expect([other.status, other.headers.allow]).toEqual([405, "GET, POST"]);
  for (const path of ["/", "/A", "/a/", "/%61", "/__proto__", "/constructor", "//a"]) {
    const { status, text } = await asked(port, path);
    expect([status, JSON.parse(text).error]).toEqual([404, `there is no ${path}; known: /a`]);
  }
});

test("what a handler throws is one line of JSON, and a fault says nothing of itself", async () => {
  const faults: unknown[] = [];
  const thrown = (error: Error) => ({
    GET: () => {
      throw error;
    },
  });
  const routes = {
    "/input": thrown(new InputError("no \u001b[2J image\nsecond line")),
    "/http": thrown(new HttpError(418, "tea", { "retry-after": "3" })),
    "/fault": thrown(new Error("secret")),
    "/late": {
      GET: async (_: IncomingMessage, response: ServerResponse) => {
        sendJson(response, 200, {});
        throw new InputError("behind the answer");
      },
    },
  };
  const port = await listening(routes, { onFault: (error) => faults.push(error) });
  const input = await asked(port, "/input");
  expect([input.status, JSON.parse(input.text)]).toEqual([400, { error: "no \\u001b[2J image" }]);
  const http = await asked(port, "/http");
  expect([http.status, http.headers["retry-after"]]).toEqual([418, "3"]);
  const fault = await asked(port, "/fault");
  expect([fault.status, fault.text]).toEqual([
    500,
    '{"error":"a fault of the server; its log tells more"}',
  ]);
  expect(faults).toMatchObject([{ message: "secret" }]);
  expect(await asked(port, "/late")).toMatchObject({ status: 200, text: "{}" });
});

test("only this machine's own programs and pages ask", async () => {
  const port = await listening({ "/": { GET: said } }, { guard: expectLocal });
  const own = `127.0.0.1:${port}`;
  for (const host of [own, `localhost:${port}`, "localhost", "[::1]:80", "127.1.2.3"]) {
    expect((await asked(port, "/", { headers: { host } })).status, host).toBe(200);
  }
  for (const host of [
    "evil.example",
    `127.0.0.1.evil.example:${port}`,
    "10.0.0.1",
    "localhost.a",
  ]) {
    expect((await asked(port, "/", { headers: { host } })).status, host).toBe(403);
  }
  const origins = { [`http://${own}`]: 200, "http://evil.example": 403, null: 403 };
  for (const [origin, status] of Object.entries(origins)) {
    expect((await asked(port, "/", { headers: { host: own, origin } })).status).toBe(status);
  }
  expect(["127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "example.com"].map(isLoopback)).toEqual(
    [true, true, true, false, false, false],
  );
});

test("a token is required whole", async () => {
  const token = newToken();
  const port = await listening(
    { "/": { GET: said } },
    { guard: (request) => expectToken(request, token) },
  );
  const given = [`Bearer ${token}`, `bearer ${token}`, `Bearer ${token}x`, token, "Bearer ", ""];
  const found = await Promise.all(
    given.map((authorization) => asked(port, "/", { headers: { authorization } })),
  );
  expect(found.map(({ status }) => status)).toEqual([200, 200, 401, 401, 401, 401]);
  expect((await asked(port, "/")).headers["www-authenticate"]).toBe("Bearer");
  expect(newToken()).not.toBe(token);
  expect([sameToken("a", "a"), sameToken("a", "b"), sameToken("a", "aa")]).toEqual([
    true,
    false,
    false,
  ]);
});

/** A server that tells how many bytes a body has. */
const measuring = (bounds: { bytes?: number; seconds?: number }, take?: (bytes: number) => void) =>
  listening({
    "/": {
      async POST(request, response) {
        const body = await readBody(request, { bytes: 1000, seconds: 60, take, ...bounds });
        sendJson(response, 200, body.length);
      },
    },
  });

const post = (port: number, body: RequestInit["body"]) =>
  fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, duplex: "half" } as RequestInit);

/** A body in pieces, whose length is not told before. */
const inPieces = (count: number, size: number) =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < count; at++) controller.enqueue(new Uint8Array(size));
      controller.close();
    },
  });

test("a body is read whole up to its bound, told or not", async () => {
  const taken: number[] = [];
  const port = await measuring({}, (bytes) => taken.push(bytes));
  expect(await (await post(port, new Uint8Array(1000))).json()).toBe(1000);
  expect(await (await post(port, inPieces(10, 100))).json()).toBe(1000);
  expect(taken.reduce((sum, one) => sum + one)).toBe(2000);
  for (const body of [new Uint8Array(1001), inPieces(11, 100), new Uint8Array(3_000_000)]) {
    const { status } = await post(port, body);
    expect(status).toBe(413);
  }
});

test("where there is no room, the answer says so", async () => {
  const port = await measuring({}, () => {
    throw new HttpError(503, "full");
  });
  expect((await post(port, new Uint8Array(10))).status).toBe(503);
});

/** Sends text on a connection of its own, and gives all that comes back until it is closed. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let found = "";
  for await (const chunk of socket) found += chunk;
  return found;
}

test("a body that does not come is not waited for, and its connection is closed", async () => {
  const port = await measuring({ seconds: 0.05 });
  const head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n";
  const found = await raw(port, `${head}abc`);
  expect(found).toMatch(/^HTTP\/1.1 408 /);
  expect(found).toContain('{"error":"the body took longer than 0.05 s"}');
});

test("a sender that goes away ends the reading", async () => {
  const ended = vi.fn();
  const port = await listening({
    "/": {
      POST: (request) =>
        readBody(request, { bytes: 1000, seconds: 60 }).then(undefined, (error) => ended(error)),
    },
  });
  const socket = connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
  await new Promise((done) => setTimeout(done, 50));
  socket.destroy();
  await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
  expect(ended.mock.calls[0][0]).toMatchObject({ status: 400 });
});
