// Job files of Slurm: an array of tasks, handed in from a folder in which Convoy is installed.

import { InputError } from "../../inputError.js";
import { printable } from "../../text/printable.js";
import { type JobForm, shellLines } from "./job.js";

/** Seconds before the end of its time that a process is told to save. */
const NOTICE = 120;

/** A name that stays on its line. */
const NAME = /^[\w.-]{1,64}$/;

/** As Slurm reads it: hours, minutes and seconds. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

export const slurm: JobForm = {
  command: "sbatch FILE",
  write(job) {
    if (job.image !== undefined || job.volume !== undefined) {
      throw new InputError(
        "--image and --claim are for kubernetes; slurm runs in the folder it is handed in from",
      );
    }
    const { name, particles, cpus, seconds } = job;
    if (!NAME.test(name)) {
      throw new InputError(
        `--name ${printable(name)}: expected letters, digits, points, dashes and underlines, 64 at most`,
      );
    }
    return [
      "#!/bin/bash",
      `#SBATCH --job-name=${name}`,
      `#SBATCH --array=0-${particles - 1}`,
      `#SBATCH --cpus-per-task=${cpus}`,
      ...(seconds === undefined ? [] : [`#SBATCH --time=${clock(seconds)}`]),
      "#SBATCH --output=%x-%A-%a.log",
      "# A task that is ended is told before, saves, and may be begun again: the same file goes on with the swarm.",
      `#SBATCH --signal=B:TERM@${NOTICE}`,
      "#SBATCH --requeue",
      "",
      ...shellLines(job, "SLURM_ARRAY_TASK_ID"),
      "",
    ].join("\n");
  },
};
