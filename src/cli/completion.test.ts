import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { candidates } from "./candidates.js";
import { main } from "./main.js";
import { verbs } from "./verbs.js";

const words = async (...typed: string[]) =>
  (await candidates(typed, verbs)).map(({ word }) => word);

describe("what may stand in the place of the last word", () => {
  test.each([
    [["stu"], ["study", "studio"]],
    [["train", "--model", "resnet2"], ["resnet20"]],
    [
      ["train", "--keep", ""],
      ["f32", "bf16", "comet"],
    ],
    [["train", "--swarm", "gos"], ["gossip"]],
    [["tune", "arch"], ["architecture"]],
    [
      ["tune", "--samp"],
      ["--sampling", "--sampler"],
    ],
    [["tune", "lr", "--lr"], ["--lrs"]],
    [["train", ""], []],
    [["train", "--pretrained", "a"], []],
    [["nothing", ""], []],
  ])("%j", async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });
});

/** What `convoy completion` prints. */
async function printed(...args: string[]) {
  let text = "";
  const out = { write: (more: string) => (text += more) };
  const code = await main(["completion", ...args], { out, err: out });
  return { code, text };
}

test("words come with what they mean", async () => {
  const { text } = await printed("--words", "--", "stud");
  expect(text).toBe(
    "study\ttell what a search of settings has found\n" +
      "studio\tshow runs in a page while they go on\n",
  );
});

test("bash takes the script, and completes by what convoy answers", async () => {
  const { text } = await printed("bash");
  const run = `convoy() { printf '%s\\tmeaning\\n' "$@"; }
${text}
COMP_WORDS=(convoy train --mo); COMP_CWORD=2; _convoy; echo "\${COMPREPLY[@]}"`;
  const said = execFileSync("bash", ["-c", run], { encoding: "utf8" });
  expect(said).toBe("completion --words -- train --mo\n");
});

test("an unknown shell is refused with those that are known", async () => {
  const { code, text } = await printed("csh");
  expect(code).toBe(2);
  expect(text).toBe('convoy: unknown shell "csh"; known: bash, zsh, fish\n');
});
