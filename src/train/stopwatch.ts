// A clock for laps.

/** Seconds since the clock was last looked at. */
export class Stopwatch {
  private mark = performance.now();

  get elapsed(): number {
    return (performance.now() - this.mark) / 1000;
  }

  lap(): number {
    const { elapsed } = this;
    this.mark = performance.now();
    return elapsed;
  }
}
