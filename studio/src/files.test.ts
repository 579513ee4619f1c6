import { expect, test } from "vitest";
import { withFiles } from "./files.js";

const brought = (path: string) => ({ path, file: new File(["x"], path.split("/").at(-1)!) });
const told = (classes: ReturnType<typeof withFiles>) =>
  classes.map(({ name, files }) => [name, files.map((file) => file.name)]);

test("a folder is a class, and what is no image is left out", () => {
  const some = [brought("set/cat/1.png"), brought("set/cat/notes.txt"), brought("dog/2.JPG")];
  const classes = withFiles([{ name: "dog", files: [] }], [...some, brought("loose.png")]);
  expect(told(classes)).toEqual([
    ["dog", ["2.JPG"]],
    ["cat", ["1.png"]],
  ]);
  expect(told(withFiles(classes, [brought("x/3.webp")], "cat"))[1]).toEqual([
    "cat",
    ["1.png", "3.webp"],
  ]);
});
