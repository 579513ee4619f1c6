import { train } from "convoynet";
import { readPart } from "./cells.mjs";

const [out, settings] = process.argv.slice(2);
const folder = "/work/shared/data/bccd";
const data = { train: await readPart(folder, "train"), selection: await readPart(folder, "val") };
const t0 = performance.now();
let steps = 0;
const s = await train(
  {
    data: "blood-cells",
    model: "detector-s",
    batch: 8,
    threads: 1,
    epochs: 40,
    augment: "flip",
    ...JSON.parse(settings),
    out,
  },
  {
    data,
    listeners: [
      (e) => {
        if (e.type === "step") {
          steps++;
          if (steps < 30 || steps % 25 === 0)
            console.log(
              "step",
              steps,
              e.loss?.toFixed?.(3),
              ((performance.now() - t0) / 1000).toFixed(1),
            );
        }
        if (e.type === "epochEnd")
          console.log(
            JSON.stringify(e, (k, v) => (typeof v === "number" ? +v.toFixed(4) : v)).slice(0, 600),
          );
      },
    ],
  },
);
console.log(JSON.stringify(s));
