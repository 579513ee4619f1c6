// What is kept of packed tensors: how their bytes are read.
//
// A packed tensor is a row of bytes under the tensor's name. They hold one stream of deflate, or two: where the numbers lie
// that are not 0, unless that is known, and the numbers. Scales and tables are tensors of f32 beside it.

import { z } from "zod";

/** What each byte of a packed tensor's numbers is; those of f32 have four each, the lowest bytes of all first. */
export const forms = ["grid", "codebook", "f32", "i8", "u8"] as const;

export const packedTensor = z.strictObject({
  shape: z.array(z.int().min(0)).readonly(),
  /**
   * `grid`: a multiple of a scale, `<name>.scale`, one for all or one for each output; `codebook`: a place in
   * `<name>.codebook`; else the number itself.
   */
  as: z.enum(forms),
  /** What the byte 0 of a grid stands for; default 0. */
  low: z.int().min(-255).max(0).optional(),
  /** Bytes of the stream that tells where the numbers lie; all others are 0. */
  gaps: z.int().min(1).optional(),
  /** The tensor whose numbers that are not 0 lie where these do; all others are 0. */
  where: z.string().optional(),
});

export type PackedTensor = z.output<typeof packedTensor>;

/** Packed tensors by name. */
export const packedTensors = z.record(z.string(), packedTensor);

export const scaleName = (tensor: string): string => `${tensor}.scale`;
export const codebookName = (tensor: string): string => `${tensor}.codebook`;
