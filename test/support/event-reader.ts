/**
 * Reads TensorBoard event files with nothing of what writes them: framing, checksums bit by bit instead of by
 * table, protobuf by hand. Merges files as TensorBoard does.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  /** Of a SessionLog; 1 is START. */
  readonly status?: number;
  readonly scalars: readonly (readonly [tag: string, value: number])[];
}

/** Shifts one bit at a time; the polynomial is x³² + x²⁸ + … of RFC 3720, reflected. */
export function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  return Number(crc ^ 0xffffffffn);
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = BigInt(slowCrc32c(bytes));
  return Number((((crc >> 15n) | ((crc << 17n) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn);
}

/** All events of a file but one that is cut short, as a crash leaves it; wrong checksums throw. */
export function readEvents(bytes: Uint8Array): ReadEvent[] {
  const events: ReadEvent[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 12 <= bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8))) throw new Error("length CRC");
    if (at + 16 + length > bytes.length) break;
    const message = bytes.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== maskedCrc(message)) throw new Error("data CRC");
    events.push(readEvent(message));
    at += 16 + length;
  }
  return events;
}

function readEvent(message: Uint8Array): ReadEvent {
  const event = { wallTime: 0, step: 0, scalars: [] as [string, number][] };
  const rest: { fileVersion?: string; status?: number } = {};
  for (const { field, value } of fields(message)) {
    if (field === 1) event.wallTime = asView(value).getFloat64(0, true);
    else if (field === 2) event.step = Number(value);
    else if (field === 3) rest.fileVersion = asText(value);
    else if (field === 5) for (const { value: one } of fields(value)) event.scalars.push(readScalar(one));
    else if (field === 7) rest.status = Number([...fields(value)][0].value);
    else throw new Error(`field ${field} of an event`);
  }
  return { ...event, ...rest };
}

function readScalar(message: Value): [string, number] {
  const [tag, value, ...more] = [...fields(message)];
  if (tag.field !== 1 || value.field !== 2 || more.length > 0) throw new Error("not a simple value");
  return [asText(tag.value), asView(value.value).getFloat32(0, true)];
}

type Value = bigint | Uint8Array;

function* fields(message: Value): Generator<{ readonly field: number; readonly value: Value }> {
  if (!(message instanceof Uint8Array)) throw new Error("a message is expected");
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(message[at++]);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const type = key & 7;
    const size = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? Number(varint()) : 0;
    const value = type === 0 ? varint() : message.subarray(at, at + size);
    at += size;
    yield { field: key >> 3, value };
  }
}

function asView(value: Value): DataView {
  if (!(value instanceof Uint8Array)) throw new Error("bytes are expected");
  return new DataView(value.buffer, value.byteOffset, value.byteLength);
}

const asText = (value: Value): string => new TextDecoder().decode(asView(value));

export const eventFiles = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.includes("tfevents")).sort();

/**
 * Every tag's (step, value) over all files of a directory, in the order of their names: a START voids what came
 * before of its step and later ones.
 */
export async function readBoard(directory: string): Promise<Map<string, [step: number, value: number][]>> {
  const series = new Map<string, [number, number][]>();
  for (const name of await eventFiles(directory)) {
    for (const { step, status, scalars } of readEvents(await readFile(join(directory, name)))) {
      if (status === 1) {
        for (const [tag, points] of series)
          series.set(
            tag,
            points.filter(([before]) => before < step),
          );
      }
      for (const [tag, value] of scalars) series.set(tag, [...(series.get(tag) ?? []), [step, value]]);
    }
  }
  return series;
}
