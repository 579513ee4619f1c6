// A place to bring files to: dropped, or chosen by the system's dialog.

import { useState } from "preact/hooks";
import { type Brought, broughtBy } from "../files.js";

interface DropProps {
  /** What is to be brought, for the label. */
  readonly what: string;
  readonly folders?: boolean;
  take(files: readonly Brought[]): void;
}

/** Takes image files, or with `folders` whole folders too. */
export function Drop({ what, folders = false, take }: DropProps) {
  const [over, setOver] = useState(false);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(await broughtBy(event.dataTransfer));
  };
  return (
    <label
      class={`drop ${over ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {what}
      <input
        type="file"
        multiple
        accept={folders ? undefined : "image/png,image/jpeg,image/webp"}
        {...(folders && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          take(files.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
          currentTarget.value = "";
        }}
      />
    </label>
  );
}
