import { expect, test } from "vitest";
import { Room } from "./room.js";

test("a room holds so much and no more, and what is given back is free", () => {
  const room = new Room({ images: 3, bytes: 10 }, () => 7);
  const [one, other] = [room.open(), room.open()];
  one.takeImages(2);
  one.takeBytes(6);
  expect(() => other.takeImages(2)).toThrow(/the server is full: 2 images wait/);
  expect(() => other.takeBytes(5)).toThrow(/the server is full: 6 bytes are held/);
  try {
    other.takeBytes(5);
  } catch (error) {
    expect(error).toMatchObject({ status: 503, headers: { "retry-after": "7" } });
  }
  other.takeBytes(4);
  one.giveBytes(1);
  other.takeBytes(1);
  expect([room.images, room.bytes]).toEqual([2, 10]);
  one.close();
  other.close();
  expect([room.images, room.bytes]).toEqual([0, 0]);
  other.close();
  expect([room.images, room.bytes]).toEqual([0, 0]);
});
