// The layers of a run's model: shapes, parameters, multiply-adds, and what the first one looks for.

import { useEffect, useState } from "preact/hooks";
import { count } from "../format.js";
import { useModel } from "../server.js";
import { Fault } from "./small.js";

/** The table, asked for when it is opened. */
export function Layers({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const [hasFilters, setHasFilters] = useState(true);
  const { value, fault } = useModel(id, open);
  useEffect(() => setHasFilters(true), [id]);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Model, layer by layer</summary>
      <Fault text={fault} />
      {value && (
        <div class="wide">
          <p>
            {value.model}: {count(value.params)} parameters, {count(value.flops / 2)} multiply-adds
            an image of {value.input.join(" × ")}. {value.source}
          </p>
          {hasFilters && (
            <figure>
              <figcaption>filters of the first layer</figcaption>
              <img
                class="filters"
                src={`/api/filters.png?id=${id}`}
                alt="each filter of the first layer as an image, from its smallest weight to its largest"
                onError={() => setHasFilters(false)}
              />
            </figure>
          )}
          <table>
            <thead>
              <tr>
                <th scope="col">layer</th>
                <th scope="col">output</th>
                <th scope="col" class="number">
                  parameters
                </th>
                <th scope="col" class="number">
                  multiply-adds
                </th>
              </tr>
            </thead>
            <tbody>
              {value.rows.map(({ layer, output, params, flops }) => (
                <tr key={layer}>
                  <th scope="row">{layer}</th>
                  <td>{output.join(" × ")}</td>
                  <td class="number">{count(params)}</td>
                  <td class="number">{count(flops / 2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
