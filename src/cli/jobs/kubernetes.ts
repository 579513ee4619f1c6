// Job files of Kubernetes: an indexed job, whose pods share a volume.

import { stringify } from "yaml";
import { InputError } from "../../inputError.js";
import { printable } from "../../text/printable.js";
import { type JobForm, shellLines } from "./job.js";

/** Seconds that a pod has to save when it is ended. */
const GRACE = 120;
/** Times that a pod which failed is begun again. */
const RETRIES = 100;

/** A name as Kubernetes takes it. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const kubernetes: JobForm = {
  command: "kubectl apply -f FILE",
  write(job) {
    const { name, image, volume, particles, cpus, seconds } = job;
    if (!NAME.test(name)) {
      throw new InputError(
        `--name ${printable(name)}: expected small letters, digits and dashes, 63 at most`,
      );
    }
    if (image === undefined) {
      throw new InputError(
        "kubernetes needs --image, a container that has Convoy installed in its working folder",
      );
    }
    const command = ["bash", "-c", shellLines(job, "JOB_COMPLETION_INDEX").join("\n")];
    const resources = { requests: { cpu: String(cpus) }, limits: { cpu: String(cpus) } };
    const container = {
      ...{ name: "convoy", image, command, resources },
      ...(volume && { volumeMounts: [{ name: "shared", mountPath: volume.folder }] }),
    };
    const pod = {
      ...{ restartPolicy: "OnFailure", terminationGracePeriodSeconds: GRACE },
      containers: [container],
      ...(volume && {
        volumes: [{ name: "shared", persistentVolumeClaim: { claimName: volume.claim } }],
      }),
    };
    return stringify({
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name } },
      spec: {
        ...{ completionMode: "Indexed", completions: particles, parallelism: particles },
        backoffLimit: RETRIES,
        ...(seconds !== undefined && { activeDeadlineSeconds: Math.ceil(seconds) }),
        template: { spec: pod },
      },
    });
  },
};
