// A run's net to take elsewhere.

import { useEffect, useState } from "preact/hooks";
import { takeNet } from "../server.js";
import { Fault } from "./small.js";

/** What can be taken. */
const forms = [
  { path: "bundle.zip", ending: "zip", words: "a folder that predicts, for Node.js and web pages" },
  { path: "net.onnx", ending: "onnx", words: "an ONNX file" },
] as const;

/** Lets the browser save a file. */
function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface Props {
  readonly id: string;
  /** Name of the run, after which the file is named. */
  readonly name: string;
}

/** Buttons that make files of the best weights, and save them. */
export function Take({ id, name }: Props) {
  const [at, setAt] = useState<string>();
  const [fault, setFault] = useState<string>();
  useEffect(() => setFault(undefined), [id]);
  const take = async ({ path, ending }: (typeof forms)[number]) => {
    setAt("making the file");
    setFault(undefined);
    try {
      save(await takeNet(id, path), `${name.split("/").at(-1)}.${ending}`);
      setAt(undefined);
    } catch (error) {
      setAt(undefined);
      setFault((error as Error).message);
    }
  };
  return (
    <section>
      <h2>Take it with you</h2>
      <p class="line">
        {forms.map((form) => (
          <button
            key={form.path}
            type="button"
            disabled={at !== undefined}
            onClick={() => take(form)}
          >
            {form.words}
          </button>
        ))}
        <span role="status">{at}</span>
      </p>
      <Fault text={fault} />
    </section>
  );
}
