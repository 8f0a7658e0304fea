/**
 * Named tensors in a file that any safetensors reader opens: u64 header length, JSON header padded to 8,
 * data. Equal contents give equal bytes. Our files carry SHA-256(header without digest ‖ SHA-256(data)) in
 * their metadata, so that any damage is found.
 * Reference: https://github.com/huggingface/safetensors, section "Format".
 */
import { CheckpointError, InvalidInputError } from "../validation/errors.ts";
import type { DataType, Entry } from "./safetensors-header.ts";
import { MAX_HEADER_BYTES, readHeader, writeHeader } from "./safetensors-header.ts";

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;
export interface FileTensor {
  readonly shape: readonly number[];
  /** Row-major; the array's class decides the type in the file. */
  readonly values: TensorData;
}
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Whether the file carried a digest; a digest that does not fit is an error. */
  readonly verified: boolean;
}

const DIGEST = "marlstone.sha256";
const PREFIX_BYTES = 8;

/**
 * Encodes tensors and metadata, larger element types first and then by name.
 * @throws InvalidInputError when a shape does not fit its data or the header grows beyond 4 MiB.
 */
export async function encodeSafetensors(
  tensors: ReadonlyMap<string, FileTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<Uint8Array<ArrayBuffer>> {
  const entries = layOut(tensors);
  const data = new Uint8Array(entries.length === 0 ? 0 : entries[entries.length - 1].end);
  for (const { name, begin } of entries) data.set(bytesOf((tensors.get(name) as FileTensor).values), begin);
  const digest = await digestOf(writeHeader({ entries, metadata }), data);
  const header = new TextEncoder().encode(
    writeHeader({ entries, metadata: new Map([...metadata, [DIGEST, digest]]) }),
  );
  const headerBytes = Math.ceil(header.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new InvalidInputError(
      `The names of ${entries.length} tensors take ${headerBytes} bytes; at most 4 MiB fit.`,
    );
  }
  const file = new Uint8Array(PREFIX_BYTES + headerBytes + data.length).fill(
    0x20,
    0,
    PREFIX_BYTES + headerBytes,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(header, PREFIX_BYTES);
  file.set(data, PREFIX_BYTES + headerBytes);
  return file;
}

/**
 * Decodes a file; the arrays are copies. Allocates no more than the file's own size.
 * @throws CheckpointError, and nothing else, when the bytes are not a whole, honest safetensors file.
 */
export async function decodeSafetensors(bytes: Uint8Array): Promise<TensorFile> {
  // A Node Buffer would not do: its slices are no copies.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = headerLength(file);
  const text = decodeText(file.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  const data = file.slice(PREFIX_BYTES + headerBytes);
  const { entries, metadata } = readHeader(text, data.length);
  const digest = metadata.get(DIGEST);
  const own = new Map([...metadata].filter(([key]) => key !== DIGEST));
  if (digest !== undefined && digest !== (await digestOf(writeHeader({ entries, metadata: own }), data))) {
    throw new CheckpointError("The file is damaged: its contents do not fit the SHA-256 it carries.");
  }
  const tensors = new Map(entries.map((entry) => [entry.name, read(entry, data)]));
  return { tensors, metadata: own, verified: digest !== undefined };
}

/** SHA-256 of some bytes in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(await hash(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Pages that are no secure context, as those of plain http on a local network, have no `crypto.subtle`. */
async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", bytes));
  const { plainSha256 } = await import("./plain-sha256.ts");
  return plainSha256(bytes);
}

const bytesOf = (data: TensorData): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const digestOf = async (header: string, data: Uint8Array<ArrayBuffer>): Promise<string> =>
  sha256(new TextEncoder().encode(header + (await sha256(data))));

function typeOf(values: TensorData): DataType {
  if (values instanceof Float32Array) return "F32";
  if (values instanceof Float64Array) return "F64";
  return values instanceof Int32Array ? "I32" : "U8";
}

function layOut(tensors: ReadonlyMap<string, FileTensor>): Entry[] {
  const order = [...tensors].sort(([a, x], [b, y]) => {
    return y.values.BYTES_PER_ELEMENT - x.values.BYTES_PER_ELEMENT || (a < b ? -1 : 1);
  });
  let end = 0;
  return order.map(([name, { shape, values }]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    if (size !== values.length || name === "__proto__" || name === "__metadata__") {
      throw new InvalidInputError(
        `The tensor "${name}" of shape [${shape}] with ${values.length} values cannot be saved.`,
      );
    }
    const begin = end;
    end += values.byteLength;
    return { name, dtype: typeOf(values), shape, begin, end };
  });
}

function headerLength(file: Uint8Array): number {
  if (file.length < PREFIX_BYTES)
    throw new CheckpointError(`A file of ${file.length} bytes is no safetensors file.`);
  const length = new DataView(file.buffer, file.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, file.length - PREFIX_BYTES))) {
    throw new CheckpointError(
      `The file is cut short or no safetensors file: ${file.length} bytes with a header of ${length} bytes.`,
    );
  }
  return Number(length);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CheckpointError("Not a safetensors file that can be trusted: its header is not UTF-8.");
  }
}

function read({ dtype, shape, begin, end }: Entry, data: Uint8Array<ArrayBuffer>): FileTensor {
  const { buffer } = data.slice(begin, end);
  if (dtype === "F32") return { shape, values: new Float32Array(buffer) };
  if (dtype === "F64") return { shape, values: new Float64Array(buffer) };
  return { shape, values: dtype === "I32" ? new Int32Array(buffer) : new Uint8Array(buffer) };
}
