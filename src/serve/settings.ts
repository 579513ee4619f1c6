// Every setting of a server, once: defaults, bounds, the command line's help.

import { z } from "zod";
import { parseSettings } from "../settings.js";

const count = () => z.int().min(1);

/** The schema. Each description is a line of help. */
export const serveConfig = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("address to listen at"),
  port: z.int().min(0).max(65_535).default(8080).describe("port to listen at; 0 is any free one"),
  batch: count()
    .refine((size) => Number.isInteger(Math.log2(size)), "expected a power of two")
    .default(32)
    .describe("most images that are run together, a power of two"),
  wait: z
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe("milliseconds that an idle net waits for images to run together"),
  waiting: count()
    .default(512)
    .describe("most images that are not answered yet; more are refused with 503"),
  memory: count()
    .default(256)
    .describe("megabytes that bodies and images may take until they are answered"),
  body: count().default(20).describe("megabytes of the largest body"),
  pixels: count().default(50).describe("millions of pixels of the largest image"),
  seconds: z.number().positive().default(10).describe("longest time that a body may take to come"),
  connections: count().default(1024).describe("most connections at a time"),
});

/** Settings of {@link serve}, and what may be left out. */
export type ServeSettings = z.input<typeof serveConfig>;
export type ServeConfig = z.output<typeof serveConfig>;

/** @throws InputError naming the setting that is unknown or wrong. */
export const parseServeSettings = (settings: ServeSettings): ServeConfig =>
  parseSettings(serveConfig, settings, "serve");
