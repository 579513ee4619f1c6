// All searches of settings.

import { metricTitle } from "../../../src/tasks/metricText.js";
import { clock, count, metric } from "../format.js";
import { Fault, Heads, StateBadge } from "../parts/small.js";
import { toStudy } from "../route.js";
import { useStudies } from "../server.js";

const columns = ["study", "state", "data", "sampler", "trials", "best", "changed"];

/** The list. */
export function StudiesView() {
  const { value: studies, fault } = useStudies();
  return (
    <>
      <p>
        <a href="#/">Runs</a>
      </p>
      <h1 tabIndex={-1}>Studies</h1>
      <Fault text={fault} />
      {studies?.length === 0 && (
        <p>
          None yet: <code>convoy tune DATA --search "lr=log:1e-4:0.3" --trials 20</code> begins one.
        </p>
      )}
      <div class="wide">
        <table class="runs">
          <thead>
            <tr>
              <Heads names={columns} />
            </tr>
          </thead>
          <tbody>
            {studies?.map(
              ({ id, path, isRunning, over, planned, failed, objectives, ...study }) => (
                <tr key={id}>
                  <th scope="row">
                    <a href={toStudy(id)}>{path}</a>
                  </th>
                  <td data-name="state">
                    <StateBadge
                      state={isRunning ? "running" : over === planned ? "finished" : "stopped"}
                    />
                  </td>
                  <td data-name="data">{study.data}</td>
                  <td data-name="sampler">{study.sampler}</td>
                  <td data-name="trials">
                    {count(over)}
                    {planned !== undefined && `/${count(planned)}`}
                    {failed > 0 && `, ${count(failed)} failed`}
                  </td>
                  <td data-name={`best ${metricTitle(objectives[0].name)}`}>
                    {metric(study.best, objectives[0].unit)}
                  </td>
                  <td data-name="changed">{clock((Date.now() - study.updated) / 1000)} ago</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}
