// What a server holds until it is answered: a number of images, and the bytes of bodies and images.

import { HttpError } from "../http/index.js";

/** Counts what is held, and refuses what would be too much. */
export class Room {
  private heldImages = 0;
  private heldBytes = 0;

  constructor(
    private readonly most: { readonly images: number; readonly bytes: number },
    /** Seconds until there may be room again. */
    private readonly retryAfter: () => number,
  ) {}

  get images(): number {
    return this.heldImages;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  private full(what: string): HttpError {
    const headers = { "retry-after": String(this.retryAfter()) };
    return new HttpError(503, `the server is full: ${what}; try again later`, headers);
  }

  /** @throws HttpError 503 where no image more may wait. */
  expectImages(count: number): void {
    if (this.heldImages + count <= this.most.images) return;
    throw this.full(`${this.heldImages} images wait`);
  }

  /** @throws HttpError 503 where there is no room for more bytes. */
  expectBytes(count: number): void {
    if (this.heldBytes + count <= this.most.bytes) return;
    throw this.full(`${this.heldBytes} bytes are held`);
  }

  /** A part of the room for one request, which is given back at its end. */
  open(): Share {
    const add = (images: number, bytes: number) => {
      this.heldImages += images;
      this.heldBytes += bytes;
    };
    return new Share(this, add);
  }
}

/** What one request holds. */
export class Share {
  private images = 0;
  private bytes = 0;

  constructor(
    private readonly room: Room,
    private readonly add: (images: number, bytes: number) => void,
  ) {}

  /** @throws HttpError 503 */
  takeImages(count: number): void {
    this.room.expectImages(count);
    this.images += count;
    this.add(count, 0);
  }

  /** @throws HttpError 503 */
  takeBytes(count: number): void {
    this.room.expectBytes(count);
    this.bytes += count;
    this.add(0, count);
  }

  /** Gives bytes back before the end. */
  giveBytes(count: number): void {
    this.bytes -= count;
    this.add(0, -count);
  }

  /** Gives everything back. */
  close(): void {
    this.add(-this.images, -this.bytes);
    [this.images, this.bytes] = [0, 0];
  }
}
