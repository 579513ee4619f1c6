import { Command } from "commander";
import { expect, test } from "vitest";
import { verbs } from "./verbs.js";

/** The command of a verb whose actions do nothing, and its verbs below it. */
async function silent(name: string): Promise<Command> {
  const nothing = { write: () => undefined };
  const program = new Command("convoy").exitOverride().configureOutput({ writeErr: () => {} });
  const verb = verbs.find((one) => one.name === name)!;
  const command = program.command(name).copyInheritedSettings(program);
  (await verb.load()).define(command, { out: nothing, err: nothing }, verbs);
  for (const one of [command, ...command.commands])
    one.copyInheritedSettings(program).action(() => {});
  return program;
}

test.each(verbs.map(({ name, example }) => [name, example]))(
  "the example of %s is a line that can be typed",
  async (name, example) => {
    const [program, ...words] = example.split(" ");
    expect(program).toBe("convoy");
    expect(words[0]).toBe(name);
    const command = await silent(name);
    await expect(command.parseAsync(words, { from: "user" })).resolves.toBe(command);
  },
);
