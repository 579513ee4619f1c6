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
      images: `${count(images.train)} to learn from, ${count(images.selection)} to choose by, ${count(images.test)} to test with`,
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
