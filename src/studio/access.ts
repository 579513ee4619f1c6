// Who may look: whoever has opened the address with the token. The browser keeps it in a cookie that no script and no
// other site can use.

import type { IncomingMessage } from "node:http";
import { expectLocal, HttpError, sameToken } from "../http/index.js";

/** The keeper of one server's token. */
export class Access {
  private readonly cookie: string;

  /** @param port of the server: cookies are shared by all servers of a host */
  constructor(
    private readonly token: string,
    port: number,
  ) {
    this.cookie = `convoy-studio-${port}`;
  }

  /** The token of `/?token=`, if it is the right one. */
  isIn(url: string): boolean {
    const given = new URL(url, "http://localhost").searchParams.get("token");
    return given !== null && sameToken(given, this.token);
  }

  /** The header that makes a browser remember the token. */
  get setCookie(): string {
    return `${this.cookie}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /**
   * Refuses requests of pages and machines elsewhere, and those without the token. In the address of the page it counts,
   * in no other.
   *
   * @throws HttpError 403 or 401
   */
  expect(request: IncomingMessage, path: string): void {
    expectLocal(request);
    const { headers, url = "" } = request;
    if (path === "/" && this.isIn(url)) return;
    const bearer = /^Bearer (.*)$/i.exec(headers.authorization ?? "")?.[1];
    if (sameToken(bearer ?? this.cookieOf(headers.cookie) ?? "", this.token)) return;
    throw new HttpError(401, "open the address that convoy studio has printed, with its token");
  }

  private cookieOf(header = ""): string | undefined {
    const start = `${this.cookie}=`;
    const found = header.split(/; */).find((each) => each.startsWith(start));
    return found?.slice(start.length);
  }
}
