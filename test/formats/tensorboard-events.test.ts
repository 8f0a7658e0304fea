/** Event records: known checksums, a known record byte for byte, and whatever is written is read by an independent reader. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { crc32c } from "../../src/formats/crc32c.ts";
import { restartRecord, scalarsRecord, versionRecord } from "../../src/formats/tensorboard-events.ts";
import { readEvents, slowCrc32c } from "../support/event-reader.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("CRC-32C of known vectors", () => {
  const known: readonly (readonly [Uint8Array, number])[] = [
    [new TextEncoder().encode("123456789"), 0xe3069283],
    // RFC 3720, appendix B.4
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    [new Uint8Array(), 0],
  ];
  for (const [bytes, crc] of known) {
    assert.is(crc32c(bytes), crc);
    assert.is(slowCrc32c(bytes), crc, "the reader's own");
  }
});

test("the first record is what TensorFlow writes at time 0", () => {
  // Length 26 and its checksum; wall_time 0, step 0, file_version "brain.Event:2"; checksum.
  const message = `090000000000000000${"1000"}1a0d${hex(new TextEncoder().encode("brain.Event:2"))}`;
  const record = hex(versionRecord(0));
  assert.is(record.slice(24, -8), message);
  assert.is(record.slice(0, 16), "1a00000000000000");
  assert.equal(readEvents(versionRecord(0)), [
    { wallTime: 0, step: 0, fileVersion: "brain.Event:2", scalars: [] },
  ]);
});

test("scalars of any tag, value and step come back, values as f32", () => {
  const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme" }), fc.double()), {
    selector: ([tag]) => tag,
  });
  const step = fc.maxSafeNat();
  fc.assert(
    fc.property(entries, step, fc.double({ min: 0, max: 1e11 }), (scalars, at, wallTime) => {
      const bytes = Buffer.concat([
        versionRecord(wallTime),
        restartRecord(wallTime, at),
        scalarsRecord(wallTime, at, new Map(scalars)),
      ]);
      const [first, restart, event, ...more] = readEvents(bytes);
      assert.is(first.fileVersion, "brain.Event:2");
      assert.equal([restart.status, restart.step, restart.wallTime], [1, at, wallTime]);
      assert.equal([event.step, event.wallTime, more], [at, wallTime, []]);
      assert.is(event.scalars.length, scalars.length);
      for (const [i, [tag, value]] of event.scalars.entries()) {
        assert.is(tag, scalars[i][0]);
        assert.ok(Object.is(value, Math.fround(scalars[i][1])), `${value} for ${scalars[i][1]}`);
      }
    }),
  );
});

test("a record that is cut short ends the file, wherever it is cut", () => {
  const [first, second] = [versionRecord(1), restartRecord(2, 3)];
  for (let length = 0; length < second.length; length++) {
    const read = readEvents(Buffer.concat([first, second.subarray(0, length)]));
    assert.equal(
      read.map(({ wallTime }) => wallTime),
      [1],
    );
  }
});

test("any changed byte is found by the checksums", () => {
  const record = scalarsRecord(1.5, 7, new Map([["return/agent_0", -65.25]]));
  for (let at = 0; at < record.length; at++) {
    const changed = record.slice();
    changed[at] ^= 1;
    assert.throws(() => readEvents(changed));
  }
});

test.run();
