// The images that a net is worst at: wrong labels among them, or what it has yet to learn.

import { useEffect, useState } from "preact/hooks";
import { number } from "../format.js";
import { useWorst } from "../server.js";
import { Fault } from "./small.js";

/** The pictures, worked out when they are asked for. */
export function Worst({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const { value, fault } = useWorst(id, open);
  useEffect(() => setOpen(false), [id]);
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
          </li>
        ))}
      </ul>
    </details>
  );
}
