// Parts of the couplings' settings.

import { z } from "zod";

/** How often particles exchange. */
export const interval = () => z.union([z.int().min(1), z.literal("epoch")]);

/** A number from 0. */
export const strength = () => z.number().min(0);

/** Initial weights. */
export const start = () => z.enum(["shared", "own"]);
