// Tables of features as people have them.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { hostTensor } from "../tensor/host.js";
import { writeNpz } from "../tensor/npz.js";
import { type FeatureColumns, readFeatures } from "./featureTable.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-features-"));
afterAll(() => rmSync(folder, { recursive: true }));

function reading(content: string | Uint8Array, columns?: FeatureColumns, name = "t.csv") {
  const path = join(folder, name);
  writeFileSync(path, content);
  return readFeatures(path, columns);
}

describe("a CSV table", () => {
  test("without a header has its class last", async () => {
    expect(await reading("1,2.5,b\n3,-4e-1,a\n5,6,b\n7,8,a\n")).toEqual({
      name: "t",
      features: { data: Float64Array.of(1, 2.5, 3, -0.4, 5, 6, 7, 8), rows: 4, columns: 2 },
      classes: Int32Array.of(1, 0, 1, 0),
      names: ["a", "b"],
      columns: ["1", "2"],
    });
  });

  test("with a header, packed, with classes in numbers", async () => {
    const text = "\uFEFFx,y,class\n1,2,10\n3,4,9\n5,6,10\n7,8,9\n";
    const { columns, names, classes, name } = await reading(gzipSync(text), {}, "u.csv.gz");
    expect({ columns, names, name }).toEqual({
      columns: ["x", "y"],
      names: ["9", "10"],
      name: "u",
    });
    expect(classes).toEqual(Int32Array.of(1, 0, 1, 0));
  });

  test("with columns that are named", async () => {
    const text = "id,kind,a,b,note\n7,u,1,2,x\n8,v,3,4,y\n9,u,5,6,z\n10,v,7,8,w\n";
    const some = await reading(text, { label: "kind", features: "b+a" });
    expect(some.columns).toEqual(["b", "a"]);
    expect([...some.features.data.subarray(0, 2)]).toEqual([2, 1]);
    const rest = await reading(text, { label: "kind", unused: "id+note" });
    expect(rest.columns).toEqual(["a", "b"]);
    const first = await reading("u,1,2\nv,3,4\nu,5,6\nv,7,8\n", { label: "1", unused: "3" });
    expect([first.columns, first.names]).toEqual([["2"], ["u", "v"]]);
  });

  test("with numbers that are not known", async () => {
    const { features } = await reading("a,b,c\n,?,u\nNaN,NA,v\n1,2,u\n1,2,v\n");
    expect([...features.data.subarray(0, 4)].every(Number.isNaN)).toBe(true);
  });

  test("is refused where it cannot be used, saying where", async () => {
    const cases: [string, FeatureColumns, string][] = [
      ["a,b\n1,u\nx,v\n1,u\n1,v\n", {}, 'line 3, column "a" is "x"; expected a number'],
      ["a,b\n1,u\n1\n", {}, "line 3 has 1 cells; expected 2"],
      ["a,b\n1,u\n1,\n1,v\n", {}, 'line 3 has no class in column "b"'],
      ["a,b\n1,u\n2,u\n", {}, 'all labels are "u"; expected two classes'],
      ["a,b\n1,0.5\n2,0.7\n3,0.9\n", {}, "3 different labels in 3 rows, so they are no classes"],
      ["a,a\n1,u\n", {}, 'line 1 has the title "a" twice'],
      ["a,b\n1,u\n", { label: "bb" }, 'there is no column "bb" (did you mean "b"?); it has a, b'],
      ["a,b\n1,u\n", { unused: "a" }, "no column of features is left"],
      ["a,b\n1,u\n", { labels: "a" }, 'there is no role "labels" (did you mean "label"?)'],
      ["", {}, "is empty"],
    ];
    for (const [text, columns, message] of cases) {
      await expect(async () => reading(text, columns)).rejects.toThrow(message);
    }
    await expect(readFeatures("t.txt")).rejects.toThrow(
      "expected features as .npz, .csv or .csv.gz",
    );
  });
});

describe("an archive", () => {
  const features = hostTensor("f32", [4, 2], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  const labels = hostTensor("i32", [4], Int32Array.of(3, 5, 3, 5));

  test("holds features and labels", async () => {
    const archive = writeNpz([
      ["features", features],
      ["labels", labels],
    ]);
    expect(await reading(archive, {}, "f.npz")).toEqual({
      name: "f",
      features: { data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), rows: 4, columns: 2 },
      classes: Int32Array.of(0, 1, 0, 1),
      names: ["3", "5"],
      columns: ["1", "2"],
    });
  });

  test("may be that of a run's features, of which the training part is taken", async () => {
    const parts = ["train", "test"].flatMap((part) => [
      [`${part}_features`, features] as const,
      [`${part}_labels`, labels] as const,
    ]);
    const { classes } = await reading(writeNpz(parts), {}, "r.npz");
    expect(classes).toEqual(Int32Array.of(0, 1, 0, 1));
  });

  test("may call them otherwise", async () => {
    const archive = writeNpz([
      ["f", features],
      ["l", labels],
    ]);
    const table = await reading(archive, { features: "f", label: "l" }, "g.npz");
    expect(table.classes).toEqual(Int32Array.of(0, 1, 0, 1));
    await expect(reading(archive, {}, "g.npz")).rejects.toThrow(
      'there is no array "features"; it holds f, l; say which one it is, as --columns features=NAME',
    );
  });

  test("with tags has one of them as its class", async () => {
    const tags = (...of: number[]) =>
      writeNpz([
        ["train_features", features],
        ["train_tags", hostTensor("u8", [4, 2], Uint8Array.from(of))],
        ["classes", { shape: [2], data: ["haze", "river"] }],
      ]);
    const all = tags(0, 1, 2, 0, 1, 1, 0, 0);
    const table = await reading(all, { label: "river" }, "t.npz");
    expect(table.names).toEqual(["not river", "river"]);
    expect(table.classes).toEqual(Int32Array.of(1, 0, 1, 0));
    const refused = (label: string | undefined, message: string) =>
      expect(reading(all, label === undefined ? {} : { label }, "t.npz")).rejects.toThrow(message);
    await refused(
      undefined,
      "t.npz: train_tags holds the tags haze, river, and one of them can be",
    );
    await refused("rivers", 'there is no "rivers" (did you mean "river"?); train_tags holds');
    await refused("haze", 'of 1 sample it is not known whether it has the tag "haze"');
    await expect(
      reading(tags(0, 1, 0, 1, 0, 1, 0, 1), { label: "river" }, "t.npz"),
    ).rejects.toThrow('all labels are "river"');
  });

  test("is refused for shapes that do not belong together", async () => {
    const archive = writeNpz([
      ["features", features],
      ["labels", hostTensor("i32", [3])],
    ]);
    await expect(reading(archive, {}, "h.npz")).rejects.toThrow("expected [samples, columns] and");
    const fine = writeNpz([
      ["features", features],
      ["labels", labels],
    ]);
    await expect(reading(fine, { unused: "1" }, "h.npz")).rejects.toThrow("unused is for tables");
  });
});
