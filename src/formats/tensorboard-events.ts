/**
 * Records of a TensorBoard event file. Each is a protobuf message Event in TFRecord framing: u64 length, masked
 * CRC-32C of the length, message, masked CRC-32C of the message, all little-endian; mask(c) = rotr₁₅(c) + a282ead8.
 * Reference: tensorflow/core/util/event.proto, framework/summary.proto and lib/io/record_writer.h.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { crc32c } from "./crc32c.ts";

/** Field numbers of the messages. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;
const SESSION_LOG = { status: 1 } as const;
const START = 1;
const VERSION = "brain.Event:2";
const MASK = 0xa282ead8;
const LENGTH_BYTES = 8;
const CRC_BYTES = 4;

/** The first record of every file. @param wallTime seconds since 1970 */
export function versionRecord(wallTime: number): Uint8Array<ArrayBuffer> {
  const event = startEvent(wallTime, 0).tag(EVENT.fileVersion, WireType.LengthDelimited).string(VERSION);
  return frame(event.finish());
}

/** Says that a program began anew: what earlier records hold of this step and later ones is void. */
export function restartRecord(wallTime: number, step: number): Uint8Array<ArrayBuffer> {
  const event = startEvent(wallTime, step).tag(EVENT.sessionLog, WireType.LengthDelimited).fork();
  return frame(event.tag(SESSION_LOG.status, WireType.Varint).int32(START).join().finish());
}

/** Numbers of one step by tag, rounded to f32, which is what TensorBoard keeps. */
export function scalarsRecord(
  wallTime: number,
  step: number,
  scalars: ReadonlyMap<string, number>,
): Uint8Array<ArrayBuffer> {
  const event = startEvent(wallTime, step).tag(EVENT.summary, WireType.LengthDelimited).fork();
  for (const [tag, value] of scalars) {
    event.tag(SUMMARY.value, WireType.LengthDelimited).fork();
    event.tag(VALUE.tag, WireType.LengthDelimited).string(tag);
    event.tag(VALUE.simpleValue, WireType.Bit32).float(Math.fround(value)).join();
  }
  return frame(event.join().finish());
}

const startEvent = (wallTime: number, step: number): BinaryWriter =>
  new BinaryWriter()
    .tag(EVENT.wallTime, WireType.Bit64)
    .double(wallTime)
    .tag(EVENT.step, WireType.Varint)
    .int64(step);

function frame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(LENGTH_BYTES + CRC_BYTES + message.length + CRC_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(LENGTH_BYTES, masked(record.subarray(0, LENGTH_BYTES)), true);
  record.set(message, LENGTH_BYTES + CRC_BYTES);
  view.setUint32(record.length - CRC_BYTES, masked(message), true);
  return record;
}

/** A checksum that may itself be part of checked data. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}
