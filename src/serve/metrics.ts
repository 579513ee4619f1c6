// What a server counts, as text that Prometheus reads (exposition format 0.0.4).

const DECADES = [1, 2, 5];

/** Upper bounds of times in seconds: 1 ms to 50 s. */
const SECONDS = [-3, -2, -1, 0, 1].flatMap((power) =>
  DECADES.map((step) => Number((step * 10 ** power).toPrecision(1))),
);

/** Counts of values up to bounds. */
export class Histogram {
  private readonly counts: number[];
  private sum = 0;
  private total = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = bounds.map(() => 0);
  }

  add(value: number): void {
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) this.counts[bucket]++;
    this.sum += value;
    this.total++;
  }

  lines(name: string): string[] {
    let below = 0;
    const buckets = this.bounds.map((bound, at) => {
      below += this.counts[at];
      return `${name}_bucket{le="${bound}"} ${below}`;
    });
    return [
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.total}`,
      `${name}_sum ${this.sum}`,
      `${name}_count ${this.total}`,
    ];
  }
}

/** What holds now, for {@link Metrics.text}. */
export interface Gauges {
  readonly waitingImages: number;
  readonly heldBytes: number;
}

/** How the newest batch counts towards the mean time of an image. */
const NEWEST = 0.1;

/** Counts since the start. */
export class Metrics {
  private readonly requests = new Map<number, number>();
  private readonly seconds = new Histogram(SECONDS);
  private readonly batches: Histogram;
  private images = 0;
  private dropped = 0;
  private pace = 0;

  constructor(largest: number) {
    const sizes = Array.from({ length: Math.log2(largest) + 1 }, (_, power) => 2 ** power);
    this.batches = new Histogram(sizes);
  }

  /** Seconds that an image takes, of late. */
  get secondsOfImage(): number {
    return this.pace;
  }

  request(status: number, seconds: number): void {
    this.requests.set(status, (this.requests.get(status) ?? 0) + 1);
    this.seconds.add(seconds);
  }

  batch(size: number, seconds: number): void {
    this.batches.add(size);
    this.images += size;
    const one = seconds / size;
    this.pace = this.pace === 0 ? one : this.pace + NEWEST * (one - this.pace);
  }

  /** A connection was one too many. */
  drop(): void {
    this.dropped++;
  }

  text({ waitingImages, heldBytes }: Gauges): string {
    const named = (name: string, type: string, help: string, lines: readonly string[]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...lines,
    ];
    const single = (name: string, type: string, help: string, value: number) =>
      named(name, type, help, [`${name} ${value}`]);
    const [requests, batches, seconds] = ["requests_total", "batch_images", "request_seconds"].map(
      (name) => `convoy_${name}`,
    );
    const statuses = [...this.requests].sort(([one], [other]) => one - other);
    return [
      named(
        requests,
        "counter",
        "Requests to /predict by status; those of 503 were refused.",
        statuses.map(([status, count]) => `${requests}{status="${status}"} ${count}`),
      ),
      named(
        seconds,
        "histogram",
        "Seconds from a request's headers to its answer.",
        this.seconds.lines(seconds),
      ),
      named(batches, "histogram", "Images that were run together.", this.batches.lines(batches)),
      single("convoy_images_total", "counter", "Images that were answered.", this.images),
      single(
        "convoy_connections_dropped_total",
        "counter",
        "Connections beyond the most that are held.",
        this.dropped,
      ),
      single("convoy_waiting_images", "gauge", "Images not answered yet.", waitingImages),
      single("convoy_held_bytes", "gauge", "Bytes of bodies and images held.", heldBytes),
      single(
        "process_resident_memory_bytes",
        "gauge",
        "Memory of the process.",
        process.memoryUsage.rss(),
      ),
    ]
      .flat()
      .concat("")
      .join("\n");
  }
}
