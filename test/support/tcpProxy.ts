// A TCP proxy on 127.0.0.1, for tests: it delays bytes, cuts connections, or keeps them open and hands nothing on.

import { connect, createServer, type Server, type Socket } from "node:net";

export class TcpProxy {
  /** Milliseconds before bytes are handed on, and at most as many more at random. */
  delay = 0;
  jitter = 0;
  /** Hands nothing on, in either direction, while connections stay open. */
  halfOpen = false;
  /** Connections so far. */
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param target port on 127.0.0.1 */
  static start(target: number): Promise<TcpProxy> {
    return new Promise((resolve, reject) => {
      const server = createServer((near) => {
        const far = connect(target, "127.0.0.1");
        proxy.connections++;
        proxy.join(near, far);
        proxy.join(far, near);
      }).on("error", reject);
      let proxy: TcpProxy;
      server.listen(0, "127.0.0.1", () => {
        proxy = new TcpProxy(server, (server.address() as { port: number }).port);
        resolve(proxy);
      });
    });
  }

  /** Cuts all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.server.close();
    this.cut();
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    let before: Promise<void> = Promise.resolve();
    from.on("data", (bytes) => {
      if (this.halfOpen) return;
      const wait = this.delay + this.jitter * Math.random();
      // Bytes stay in their order, whatever each is delayed.
      const due = new Promise((resolve) => setTimeout(resolve, wait));
      before = before.then(async () => {
        await due;
        if (!to.destroyed) to.write(bytes);
      });
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
