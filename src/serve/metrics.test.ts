import { expect, test } from "vitest";
import { Metrics } from "./metrics.js";

test("what is counted is text that Prometheus reads", () => {
  const metrics = new Metrics(4);
  metrics.request(200, 0.0015);
  metrics.request(503, 0.01);
  metrics.request(200, 100);
  metrics.batch(3, 0.3);
  metrics.batch(4, 0.8);
  metrics.drop();
  const lines = metrics.text({ waitingImages: 5, heldBytes: 6 }).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'convoy_requests_total{status="200"} 2',
      'convoy_requests_total{status="503"} 1',
      'convoy_request_seconds_bucket{le="0.001"} 0',
      'convoy_request_seconds_bucket{le="0.002"} 1',
      'convoy_request_seconds_bucket{le="0.01"} 2',
      'convoy_request_seconds_bucket{le="50"} 2',
      'convoy_request_seconds_bucket{le="+Inf"} 3',
      "convoy_request_seconds_count 3",
      'convoy_batch_images_bucket{le="2"} 0',
      'convoy_batch_images_bucket{le="4"} 2',
      "convoy_batch_images_sum 7",
      "convoy_images_total 7",
      "convoy_connections_dropped_total 1",
      "convoy_waiting_images 5",
      "convoy_held_bytes 6",
    ]),
  );
  const samples = lines.filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of samples) expect(line).toMatch(/^[a-z_]+(\{[a-z]+="[^"]+"\})? [\d.e+]+$/);
  expect(lines.at(-1)).toBe("");
  // 0.1 s an image, and then a tenth of the way to 0.2 s.
  expect(metrics.secondsOfImage).toBeCloseTo(0.11, 10);
});
