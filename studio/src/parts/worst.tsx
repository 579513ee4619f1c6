// The images that a net is worst at: wrong labels among them, which are corrected here, or what it has yet to learn.

import { useEffect, useState } from "preact/hooks";
import type { RunHead } from "../../../src/studio/api.js";
import { number } from "../format.js";
import { toRun } from "../route.js";
import { relabel, startTraining, useWorst } from "../server.js";
import { Fault } from "./small.js";

interface LabelProps {
  readonly id: string;
  readonly at: number;
  readonly classes: readonly string[];
  moved(): void;
}

/** Says what an image really shows. */
function Label({ id, at, classes, moved }: LabelProps) {
  const [said, setSaid] = useState("");
  const [fault, setFault] = useState<string>();
  const say = async (name: string) => {
    try {
      await relabel(id, at, name);
      setSaid(name);
      moved();
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <>
      <label>
        it is really
        <select
          value={said}
          disabled={said !== ""}
          aria-label={`what image ${at} really is`}
          onChange={({ currentTarget }) => say(currentTarget.value)}
        >
          <option value="">as known</option>
          {classes.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Fault text={fault} />
    </>
  );
}

/** The same training on the set as it is now. */
function Again({ settings }: { readonly settings: RunHead["settings"] }) {
  const [fault, setFault] = useState<string>();
  const begin = async () => {
    const { data = "", epochs, size, augment = "" } = settings ?? {};
    try {
      const asked = { set: data.split("/").at(-1)!, epochs: Number(epochs), size: Number(size) };
      const id = await startTraining({ ...asked, mirror: augment.split(",").includes("flip") });
      location.hash = toRun(id);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <>
      <p class="line">
        <button type="button" class="main" onClick={begin}>
          Train again with the labels as they are now
        </button>
      </p>
      <Fault text={fault} />
    </>
  );
}

interface Props {
  readonly id: string;
  readonly head: RunHead;
  readonly classes: readonly string[];
}

/** The pictures, worked out when they are asked for. */
export function Worst({ id, head, classes }: Props) {
  const [open, setOpen] = useState(false);
  const [corrected, setCorrected] = useState(false);
  const { value, fault } = useWorst(id, open);
  useEffect(() => {
    setOpen(false);
    setCorrected(false);
  }, [id]);
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Where it errs</summary>
      <Fault text={fault} />
      {value?.length === 0 && (
        <p>
          Shown of images that were dropped into the studio: convoy eval RUN --draw worst draws
          those of others.
        </p>
      )}
      <ul class="cards">
        {value?.map(({ at, loss }) => (
          <li key={at} class="card">
            <img
              src={`/api/worst.png?id=${id}&at=${at}`}
              alt={`number ${at}: what is known beside what is said`}
            />
            loss {number(loss)}
            <Label id={id} at={at} classes={classes} moved={() => setCorrected(true)} />
          </li>
        ))}
      </ul>
      {corrected && <Again settings={head.settings} />}
    </details>
  );
}
