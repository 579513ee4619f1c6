// A real NATS server with JetStream on 127.0.0.1, for tests: stopped, killed, started again on the same or an older store.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program; absent where it is not installed. */
export const natsProgram = ((): string | undefined => {
  const program = process.env["CONVOY_NATS_SERVER"] ?? "nats-server";
  try {
    execFileSync(program, ["--version"], { stdio: "pipe" });
    return program;
  } catch {
    return undefined;
  }
})();

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export class NatsServer {
  private process?: ChildProcess;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly more: readonly string[],
  ) {}

  /** @param more arguments of the program */
  static async start(more: readonly string[] = []): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), "convoy-nats-"));
    const server = new NatsServer(await freePort(), folder, more);
    await server.start();
    return server;
  }

  get address(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it again, where it was stopped or killed. */
  async start(): Promise<void> {
    const place = ["-a", "127.0.0.1", "-p", String(this.port), "-js", "-sd", this.store];
    const child = spawn(natsProgram!, [...place, ...this.more], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stderr!.on("data", (part: Buffer) => {
        said = (said + part).slice(-10_000);
        if (said.includes("Server is ready")) resolve();
      });
      child.once("exit", () => reject(new Error(`nats-server ended: ${said}`)));
    });
  }

  /** Ends it with its store written, or by SIGKILL. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  /** A copy of the store, of a server that was ended. */
  copy(): string {
    const copy = join(this.folder, `copy-${Date.now()}`);
    cpSync(this.store, copy, { recursive: true });
    return copy;
  }

  /** Puts a copy back, while the server is ended. */
  restore(copy: string): void {
    rmSync(this.store, { recursive: true, force: true });
    cpSync(copy, this.store, { recursive: true });
  }

  async remove(): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get store(): string {
    return join(this.folder, "store");
  }
}
