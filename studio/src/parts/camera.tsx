// Images from a camera of this machine.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Brought } from "../files.js";
import { Fault } from "./small.js";

interface Props {
  /** What the images are of, for the labels of the buttons. */
  readonly of: string;
  take(files: readonly Brought[]): void;
}

/** Number of the image that is taken next, so that files have names of their own. */
let next = 1;

/** What a video shows now, as a file. */
async function stillOf(video: HTMLVideoElement): Promise<File> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d")!.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the camera shows nothing");
  return new File([blob], `camera-${next++}.png`, { type: "image/png" });
}

/** What the camera sees, and a button that keeps it. The camera is on for as long as this is open. */
function Live({ of, take }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    let stream: MediaStream | undefined;
    let wanted = true;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const open = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: true });
      if (!wanted) return stop();
      video.current!.srcObject = stream;
      await video.current!.play();
    };
    open().catch((error: Error) => setFault(`no camera: ${error.message}`));
    return () => {
      wanted = false;
      stop();
    };
  }, []);
  const keep = () =>
    stillOf(video.current!).then(
      (file) => take([{ path: file.name, file }]),
      (error: Error) => setFault(error.message),
    );
  return (
    <>
      <video ref={video} class="camera" muted playsInline aria-label="what the camera sees" />
      <Fault text={fault} />
      <button type="button" disabled={fault !== undefined} onClick={keep}>
        take an image of {of}
      </button>
    </>
  );
}

/** A button that opens the camera, and closes it again. */
export function Camera(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "close the camera" : "use the camera"}
      </button>
      {open && <Live {...props} />}
    </>
  );
}
