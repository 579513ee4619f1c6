import { describe, expect, test } from "vitest";
import type { Evaluation } from "../train/index.js";
import { deployments, type Evaluated, getDeployment } from "./deployments.js";

const score = { metric: "accuracy", better: "higher" } as const;

const scoring = (accuracy: number): Evaluation => ({
  ...{ loss: 1 - accuracy, losses: new Float32Array(), outputs: [] },
  metrics: { accuracy },
});
const swarm = (...accuracies: number[]): Evaluated[] =>
  accuracies.map((accuracy, particle) => ({ particle, evaluation: scoring(accuracy) }));

/** What a deployment chooses, and the means that it asked for. */
async function chosen(
  name: string,
  particles: readonly Evaluated[],
  means: Readonly<Record<string, number>> = {},
) {
  const asked: string[] = [];
  const { members, evaluation } = await getDeployment(name).choose(particles, {
    score,
    async together(members) {
      asked.push(members.join());
      return scoring(means[members.join()]);
    },
  });
  return { members, accuracy: evaluation.metrics.accuracy, asked };
}

test("each has a name and says what it is", () => {
  expect(deployments.map(({ name }) => name)).toEqual(["best", "mean", "soup", "ensemble"]);
  expect(() => getDeployment("soap")).toThrow('unknown deployment "soap" (did you mean "soup"?)');
});

describe("best", () => {
  test("is the best score; of equal ones the lowest number; never one that is no number", async () => {
    expect(await chosen("best", swarm(0.5, 0.9, 0.9))).toMatchObject({ members: [1] });
    expect(await chosen("best", swarm(Number.NaN, 0.1))).toMatchObject({ members: [1], asked: [] });
  });
});

describe("mean", () => {
  test("is that of all, and of one that one", async () => {
    const all = await chosen("mean", swarm(0.5, 0.9, 0.7), { "0,1,2": 0.8 });
    expect(all).toEqual({ members: [0, 1, 2], accuracy: 0.8, asked: ["0,1,2"] });
    expect(await chosen("mean", swarm(0.5))).toEqual({ members: [0], accuracy: 0.5, asked: [] });
  });
});

describe("soup", () => {
  test("takes in whom the score does not fall by, best first", async () => {
    const means = { "1,2": 0.92, "0,1,2": 0.91, "1,2,3": 0.92 };
    const soup = await chosen("soup", swarm(0.8, 0.9, 0.85, 0.7), means);
    expect(soup).toEqual({ members: [1, 2, 3], accuracy: 0.92, asked: ["1,2", "0,1,2", "1,2,3"] });
  });

  test("is the best net where no mean is as good", async () => {
    const soup = await chosen("soup", swarm(0.8, 0.9), { "0,1": 0.89 });
    expect(soup).toEqual({ members: [1], accuracy: 0.9, asked: ["0,1"] });
  });

  test("takes no mean that is no number", async () => {
    const soup = await chosen("soup", swarm(0.8, 0.9), { "0,1": Number.NaN });
    expect(soup.members).toEqual([1]);
  });
});

describe("ensemble", () => {
  test("is all of them, however well each does, and however few they are", async () => {
    const all = await chosen("ensemble", swarm(0.5, 0.9), { "0,1": 0.7 });
    expect(all).toEqual({ members: [0, 1], accuracy: 0.7, asked: ["0,1"] });
    expect(await chosen("ensemble", swarm(0.5), { "0": 0.5 })).toMatchObject({ asked: ["0"] });
  });
});
