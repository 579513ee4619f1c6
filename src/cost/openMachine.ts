// A machine by its name, or from the file that describes it.

import { existsSync } from "node:fs";
import { readJson } from "../files/json.js";
import { unknownName } from "../text/words.js";
import { type Machine, machineSchema, machines } from "./machine.js";

/**
 * A machine by name, or from a JSON file.
 *
 * @param others further names, for messages
 * @throws InputError for a name that is neither known nor a file, and for the first field of a file that is missing,
 * wrong or unknown.
 * @example
 * const { array } = await openMachine("eyeriss");
 * array?.pes; // 168
 */
export async function openMachine(name: string, others: readonly string[] = []): Promise<Machine> {
  const known = machines.find((machine) => machine.name === name);
  if (known) return known;
  if (existsSync(name) || /[\\/]|\.json$/.test(name)) return readJson(name, machineSchema);
  throw unknownName("machine", name, [...machines.map((machine) => machine.name), ...others]);
}
