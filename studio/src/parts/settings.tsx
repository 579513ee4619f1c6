// All that a run was made with.

import type { RunHead } from "../../../src/studio/api.js";
import { count } from "../format.js";

/** Settings by name, closed at first. */
export function Settings({
  head: { settings = {}, images, versions },
}: {
  readonly head: RunHead;
}) {
  const facts = {
    ...(images && {
      "images of the data": `${count(images.train)} training, ${count(images.selection)} selection, ${count(images.test)} test`,
    }),
    ...(versions && { versions: `Convoy ${versions.convoy}, Node ${versions.node}` }),
    ...settings,
  };
  return (
    <details>
      <summary>Settings</summary>
      <table>
        <tbody>
          {Object.entries(facts).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
