// Numbers of the states of a composition, in the order in which they are found. A state's key is one whole number; few
// possible keys are looked up in an array, many in a hash table with open addressing.

/** Keys up to which an array of all of them is cheap: 16 MiB. */
const MOST_DENSE = 2 ** 22;

export class StateTable {
  /** Keys of the states found so far. */
  keys = new Float64Array(1024);
  count = 0;
  private readonly dense: Int32Array | undefined;
  /** Numbers of states plus 1, by hash; 0: free. A power of two, at most half full. */
  private slots = new Int32Array(0);

  constructor(possible: number) {
    this.dense = possible <= MOST_DENSE ? new Int32Array(possible) : undefined;
    if (!this.dense) this.slots = new Int32Array(4096);
  }

  /** The number of a key, which gets the next one where it is new. */
  of(key: number): number {
    if (this.dense) {
      const known = this.dense[key];
      if (known > 0) return known - 1;
      this.dense[key] = this.count + 1;
      return this.add(key);
    }
    const at = this.slotOf(key);
    if (this.slots[at] > 0) return this.slots[at] - 1;
    this.slots[at] = this.count + 1;
    const number = this.add(key);
    if (2 * this.count > this.slots.length) this.grow();
    return number;
  }

  private add(key: number): number {
    if (this.count === this.keys.length) {
      const keys = new Float64Array(2 * this.count);
      keys.set(this.keys);
      this.keys = keys;
    }
    this.keys[this.count] = key;
    return this.count++;
  }

  /** Where a key is, or may be put. */
  private slotOf(key: number): number {
    const mask = this.slots.length - 1;
    // Both halves of the key, mixed by odd constants (Knuth's multiplicative hashing).
    const low = Math.imul(key | 0, 0x9e3779b1);
    const mixed = low ^ Math.imul((key / 4294967296) | 0, 0x85ebca6b);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    while (this.slots[at] > 0 && this.keys[this.slots[at] - 1] !== key) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    for (let number = 0; number < this.count; number++) {
      this.slots[this.slotOf(this.keys[number])] = number + 1;
    }
  }
}
