// Something of a registry with options of its own, as it is typed: `asha:eta=4:proposals=tpe`.

import { InputError } from "../inputError.js";
import { type Setting, settingOf } from "../search/space.js";
import { pairOf } from "./arguments.js";

/**
 * A name and the options behind it.
 *
 * @param kind what is named, for messages
 * @throws InputError for an option that is not of the form option=value.
 */
export function parseOwnOptions(
  kind: string,
  typed: string,
): { readonly name: string; readonly options: Record<string, Setting> } {
  const [name, ...pairs] = typed.split(":");
  const options: Record<string, Setting> = {};
  for (const text of pairs) {
    const pair = pairOf(text);
    if (!pair || pair[1] === "") {
      throw new InputError(`${kind} ${typed}: "${text}" is not of the form option=value`);
    }
    options[pair[0]] = settingOf(pair[1]);
  }
  return { name, options };
}
