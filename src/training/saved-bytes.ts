/** The bytes of a file as programs have them: Node reads a `Uint8Array`, `fetch` gives an `ArrayBuffer`. */
export type Bytes = Uint8Array | ArrayBuffer;

/** A view of the bytes, undefined when the value has none. Those of another realm, as tests have, count too. */
export function bytesIn(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const isBuffer = Object.prototype.toString.call(value) === "[object ArrayBuffer]";
  return isBuffer ? new Uint8Array(value as ArrayBuffer) : undefined;
}
