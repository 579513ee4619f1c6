// FlatBuffers for tests, written front to back: every table takes four bytes a field, and what it refers to stands behind.

/** A field of a table: a number of at most 32 bits, what stands elsewhere, or nothing. */
export type FlatField =
  | { readonly i32: number }
  | { readonly bytes: Uint8Array }
  | { readonly vector: "i32" | "f32" | "i64"; readonly of: readonly number[] }
  | { readonly table: FlatSpec }
  | { readonly tables: readonly FlatSpec[] }
  | undefined;

/** Fields in the order of the schema. */
export type FlatSpec = readonly FlatField[];

class Writer {
  readonly bytes: number[] = [];

  u16(value: number): void {
    this.bytes.push(value & 255, (value >> 8) & 255);
  }

  i32(value: number): void {
    this.u16(value & 65_535);
    this.u16((value >> 16) & 65_535);
  }

  /** Four bytes that refer to what is written next when they are filled in. */
  reference(): () => void {
    const at = this.bytes.length;
    this.i32(0);
    return () => {
      const end = this.bytes.length;
      const distance = end - at;
      for (let byte = 0; byte < 4; byte++) this.bytes[at + byte] = (distance >> (8 * byte)) & 255;
    };
  }

  private vector(type: "i32" | "f32" | "i64", of: readonly number[]): void {
    this.i32(of.length);
    for (const value of of) {
      const view = new DataView(new ArrayBuffer(8));
      if (type === "f32") view.setFloat32(0, value, true);
      else view.setBigInt64(0, BigInt(value), true);
      this.bytes.push(...new Uint8Array(view.buffer, 0, type === "i64" ? 8 : 4));
    }
  }

  /** What a field refers to. */
  private refer(fill: () => void, field: Exclude<FlatField, { i32: number } | undefined>): void {
    if ("table" in field) {
      this.table(fill, field.table);
      return;
    }
    fill();
    if ("vector" in field) this.vector(field.vector, field.of);
    else if ("bytes" in field) {
      this.i32(field.bytes.length);
      this.bytes.push(...field.bytes);
    } else {
      this.i32(field.tables.length);
      const references = field.tables.map(() => this.reference());
      for (const [at, table] of field.tables.entries()) this.table(references[at], table);
    }
  }

  private table(fill: () => void, spec: FlatSpec): void {
    // A table is referred to behind its list of offsets, which is written first.
    this.offsets(spec);
    fill();
    this.body(spec);
  }

  private offsets(spec: FlatSpec): void {
    this.u16(4 + 2 * spec.length);
    this.u16(4 + 4 * spec.length);
    for (const [at, field] of spec.entries()) this.u16(field ? 4 + 4 * at : 0);
  }

  private body(spec: FlatSpec): void {
    this.i32(4 + 2 * spec.length);
    const later: (() => void)[] = [];
    for (const field of spec) {
      if (!field || "i32" in field) this.i32(field?.i32 ?? 0);
      else {
        const fill = this.reference();
        later.push(() => this.refer(fill, field));
      }
    }
    for (const write of later) write();
  }

  root(identifier: string, spec: FlatSpec): Uint8Array {
    const fill = this.reference();
    this.bytes.push(...new TextEncoder().encode(identifier));
    this.table(fill, spec);
    return Uint8Array.from(this.bytes);
  }
}

/** A file with an identifier of four letters behind the place of its root. */
export const flatBuffer = (identifier: string, root: FlatSpec): Uint8Array =>
  new Writer().root(identifier, root);
