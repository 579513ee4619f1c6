// Job files of clusters: Slurm's is a script that runs here as Slurm would run it.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { stripesFile } from "../support/stripesFile.js";
import { convoy, root, scratch } from "./convoy.js";

const swarm = "--model convnet-gn --swarm pso --epochs 2 --batch 20 --engine native".split(" ");

/** Runs a job file as one task of an array. */
function task(file: string, number: number, cwd: string): Promise<number | null> {
  const env = { ...process.env, SLURM_ARRAY_TASK_ID: String(number) };
  const child = spawn("bash", [file], { cwd, env, stdio: "ignore" });
  return new Promise((resolve) => child.once("close", resolve));
}

test("tasks of Slurm's file train one swarm, whatever names are in it", async () => {
  const folder = scratch();
  const bin = join(folder, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(root, "bin", "convoy.mjs"), join(bin, "convoy"));
  const [data, out] = [stripesFile(folder), "it's $HOME `date`"];
  const launch = ["launch", "slurm", "--exchange", `folder:${folder}/place`, "--particles", "2"];
  const found = await convoy([...launch, "--hours", "1.5", "--", data, ...swarm, "--out", out], {
    cwd: folder,
  });
  expect(found).toMatchObject({ code: 0, err: "hand it in with: sbatch FILE\n" });
  expect(found.out).toContain("#SBATCH --array=0-1\n");
  expect(found.out).toContain("#SBATCH --time=01:30:00\n");
  writeFileSync(join(folder, "job.sh"), found.out);
  const codes = await Promise.all([0, 1].map((number) => task("job.sh", number, folder)));
  expect(codes).toEqual([0, 0]);
  expect(existsSync(join(folder, out, "summary.json"))).toBe(true);
}, 60_000);

test("Kubernetes' file is an indexed job on a shared volume", async () => {
  const folder = scratch();
  const all = ["--exchange", "nats://h/s?runs=/mnt/r", "--particles", "3", "--cpus", "4"];
  const more = ["--image", "me/convoy:1", "--claim", "data=/mnt", "--hours", "1"];
  const { out } = await convoy(["launch", "kubernetes", ...all, ...more], { cwd: folder });
  const { kind, spec } = parse(out);
  expect(kind).toBe("Job");
  expect(spec).toMatchObject({ completionMode: "Indexed", completions: 3, parallelism: 3 });
  expect(spec.activeDeadlineSeconds).toBe(3600);
  const [container] = spec.template.spec.containers;
  expect(container.volumeMounts).toEqual([{ name: "shared", mountPath: "/mnt" }]);
  expect(container.command.at(-1)).toBe(
    "exec node_modules/.bin/convoy worker --exchange 'nats://h/s?runs=/mnt/r' --host 1 --threads 4 --quiet",
  );
}, 20_000);

test.each([
  [["slurm", "--image", "x"], /--image and --claim are for kubernetes/],
  [["kubernetes"], /needs --image/],
  [["kubernetes", "--image", "x", "--name", "A b"], /--name A b: expected small letters/],
  [["kubernetes", "--image", "x", "--claim", "x"], /--claim x: expected CLAIM=FOLDER/],
  [["slurm", "--hours", "0"], /--hours <n>.*Expected hours, more than 0/],
  [["slurm", "--name", "a\nrm -rf x"], /--name a\\u000arm -rf x: expected letters/],
  [["slurm", "--", "mnist", "--particles=9"], /--particles=9 is said by convoy launch/],
])("%s is refused", async (args, message) => {
  const where = ["--exchange", "folder:/s", "--particles", "2"];
  const [scheduler, ...rest] = args;
  const found = await convoy(["launch", scheduler, ...where, ...rest], { cwd: scratch() });
  expect(found).toMatchObject({ code: 2, err: expect.stringMatching(message) });
});

test("no password gets into a file", async () => {
  const where = ["--exchange", "nats://ann:s3cret@h/s?runs=/r", "--particles", "2"];
  const { code, out, err } = await convoy(["launch", "slurm", ...where], { cwd: scratch() });
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/must not hold a password/);
  expect(err).not.toContain("s3cret");
});
