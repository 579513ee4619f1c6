// A machine that runs nets, as data: how fast it multiplies and moves bytes, and, of an accelerator, what its memories
// hold and what an access to each takes.

import { z } from "zod";

const rate = z.number().positive();
const count = z.int().positive();

const array = z.strictObject({
  pes: count.describe("processing elements, each with a multiplier and registers"),
  registerBytes: count.describe("bytes of registers of each processing element"),
  bufferBytes: count.describe("bytes of the buffer that all of them share"),
  bits: z.int().min(1).max(32).describe("width of a number that `energy` is told of"),
  energy: z
    .strictObject({
      unit: z.string().min(1),
      mac: rate,
      register: rate,
      array: rate,
      buffer: rate,
      dram: rate,
    })
    .describe("of a multiply-add, and of one access to each kind of memory"),
});

/** How a machine is described. */
export const machineSchema = z.strictObject({
  name: z.string().min(1),
  source: z.string().optional(),
  macsPerSecond: rate.describe("most multiply-adds a second"),
  bytesPerSecond: rate.describe("bytes a second to and from memory off the chip"),
  array: array.optional(),
});

/** An array of processing elements under a shared buffer; what the energy of layers is estimated for. */
export type PeArray = z.output<typeof array>;

/** A machine: its roofline, and of an accelerator its array. */
export type Machine = z.output<typeof machineSchema>;

/**
 * The Eyeriss chip at 200 MHz. Energies are those of its process, relative to a multiply-add of 16 bits. The published
 * papers tell no bandwidth of its memory; it is taken as 8 bytes a cycle.
 */
export const eyeriss: Machine = {
  name: "eyeriss",
  source:
    "Chen, Krishna, Emer and Sze, JSSC 2017 (chip); Chen, Emer and Sze, ISCA 2016, table IV (energies)",
  macsPerSecond: 33.6e9,
  bytesPerSecond: 1.6e9,
  array: {
    pes: 168,
    registerBytes: 512,
    bufferBytes: 108 * 1024,
    bits: 16,
    energy: { unit: "16-bit multiply-adds", mac: 1, register: 1, array: 2, buffer: 6, dram: 200 },
  },
};

/** Machines by name. */
export const machines: readonly Machine[] = [eyeriss];
