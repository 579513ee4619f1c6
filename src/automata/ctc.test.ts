// CTC by automata against PyTorch's CTCLoss.

import { expect } from "vitest";
import { testGolden } from "../../test/support/golden.js";
import {
  ctcLoss,
  ctcTarget,
  emissions,
  forwardScore,
  gradients,
  intersect,
  negateScore,
  subtractScores,
} from "./index.js";

interface Case {
  /** [frames][classes] */
  readonly logits: readonly (readonly number[])[];
  readonly blank: number;
  readonly target: readonly number[];
  readonly loss?: number;
  readonly gradient?: readonly (readonly number[])[];
  readonly impossible?: true;
}

testGolden<Case>(
  "losses and gradients are those of torch.nn.CTCLoss",
  "ctc.json.gz",
  200,
  (cases) => {
    for (const { logits, blank, target, loss, gradient, impossible } of cases) {
      const [frames, classes] = [logits.length, logits[0].length];
      const net = emissions(logits.flat(), frames, classes);
      // Logits lie class by class, and the blank behind all others.
      const classesOf = [...Array(classes).keys()].filter((one) => one !== blank).concat(blank);
      const columns = classesOf.flatMap((own) => logits.map((frame) => frame[own]));
      const slope = new Float64Array(columns.length);
      const quick = ctcLoss(
        columns,
        frames,
        target.map((label) => classesOf.indexOf(label)),
        { gradient: slope },
      );
      const truth = forwardScore(intersect(net, ctcTarget(target, blank)));
      // Over logits, all strings together take the place of the softmax.
      const own = subtractScores(forwardScore(net), truth);
      const [{ weight }] = gradients(own, [net]);
      if (impossible) {
        expect([truth.value, negateScore(truth).value, own.value]).toEqual([
          -Infinity,
          Infinity,
          Infinity,
        ]);
        expect(weight.every((one) => one === 0)).toBe(true);
        expect([quick, slope.every((one) => one === 0)]).toEqual([Infinity, true]);
        continue;
      }
      expect(Math.abs(own.value - loss!)).toBeLessThan(1e-9);
      expect(Math.abs(quick - loss!)).toBeLessThan(1e-9);
      for (const [at, one] of gradient!.flat().entries()) {
        expect(Math.abs(weight[at] - one)).toBeLessThan(1e-9);
        const [frame, label] = [Math.floor(at / classes), at % classes];
        const found = slope[classesOf.indexOf(label) * frames + frame];
        expect(Math.abs(found - one)).toBeLessThan(1e-9);
      }
    }
  },
);
