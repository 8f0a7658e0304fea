/** How many threads: what is asked for, what the variable says, what a page allows. */
import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sharedArena } from "../../src/kernels/arena.ts";
import { automaticThreads, threadCount } from "../../src/kernels/threads.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";

const variable = process.env.MARLSTONE_THREADS;
const buffers = globalThis.SharedArrayBuffer;

test.before.each(() => {
  delete process.env.MARLSTONE_THREADS;
});
test.after.each(() => {
  globalThis.SharedArrayBuffer = buffers;
  Reflect.deleteProperty(globalThis, "crossOriginIsolated");
  if (variable === undefined) delete process.env.MARLSTONE_THREADS;
  else process.env.MARLSTONE_THREADS = variable;
});

test("an argument beats MARLSTONE_THREADS, which beats the default", () => {
  assert.is(
    threadCount(undefined, () => 7),
    7,
  );
  process.env.MARLSTONE_THREADS = "3";
  assert.is(
    threadCount(undefined, () => 7),
    3,
  );
  assert.is(
    threadCount(2, () => 7),
    2,
  );
  process.env.MARLSTONE_THREADS = "";
  assert.is(
    threadCount(undefined, () => 7),
    7,
  );
});

test("anything but an integer from 1 to 64 is an error that says where it stands", () => {
  for (const threads of [0, -1, 1.5, 65, Number.NaN]) {
    const clear = (error: Error) =>
      error instanceof InvalidInputError &&
      error.message.startsWith(`threads is ${threads}; give an integer`);
    assert.throws(() => threadCount(threads, () => 1), clear);
  }
  for (const text of ["two", "0", "1.5", "65"]) {
    process.env.MARLSTONE_THREADS = text;
    const message = new RegExp(`^MARLSTONE_THREADS is "${text}"; give an integer`);
    assert.throws(() => threadCount(undefined, () => 1), message);
  }
});

test("one thread a processor up to 8, shared among programs, at least one", () => {
  const processors = Math.min(8, availableParallelism());
  assert.is(automaticThreads(), processors);
  assert.is(automaticThreads(10_000), 1);
});

test("one thread where memory cannot be shared: no SharedArrayBuffer, or a page that is not isolated", () => {
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  assert.is(automaticThreads(), 1);
  globalThis.SharedArrayBuffer = buffers;
  globalThis.crossOriginIsolated = false;
  assert.is(automaticThreads(), 1);
});

test("a thread has one shared arena for each number of threads", () => {
  assert.is(sharedArena(2), sharedArena(2));
  assert.is.not(sharedArena(2), sharedArena(1));
  process.env.MARLSTONE_THREADS = "2";
  assert.is(sharedArena(), sharedArena(2));
});

test.run();
