/** The team itself: every part once, growing memory, and workers that fail, end or never start. */
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Kernels } from "../../src/kernels/abi.ts";
import type { StartWorker, WorkerHandle } from "../../src/kernels/start-worker.ts";
import { Team, type TeamOptions } from "../../src/kernels/team.ts";
import type { Board } from "../../src/kernels/team-worker.ts";
import { ThreadError } from "../../src/validation/errors.ts";
import { teamArena, teamOptions } from "../support/team.ts";

const ADD_ONE = { multiple: 1, steps: [0, 4, 4], lengthAt: 3 };

/** A team with room for ones and counters, all 0. */
function counters(options: TeamOptions & { readonly base: number }, n: number) {
  options.memory.grow(Math.ceil((8 * n) / 65536));
  const [x, y] = [options.base, options.base + 4 * n];
  new Float32Array(options.memory.buffer, x, n).fill(1);
  const addOne = (team: Team, parts: number, total = n) =>
    team.run("axpyF32", [1, x, y, total], { ...ADD_ONE, total, parts });
  return { addOne, read: () => new Float32Array(options.memory.buffer, y, n).slice() };
}

test("every unit is done once, whatever the threads, units and parts, job after job", () => {
  for (const threads of [2, 3, 5]) {
    const options = teamOptions(threads);
    const team = new Team(options);
    const { addOne, read } = counters(options, 300);
    const jobs = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 })));
    fc.assert(
      fc.property(jobs, (list) => {
        const expected = read();
        for (const [total, parts] of list) {
          addOne(team, Math.min(parts, total), total);
          for (let i = 0; i < total; i++) expected[i]++;
        }
        assert.equal(read(), expected);
      }),
      { numRuns: 50 },
    );
  }
});

test("workers start with the first job, not before", () => {
  let started = 0;
  const options = teamOptions(3);
  const startWorker: StartWorker = (task, onEnd) => {
    started++;
    return options.startWorker(task, onEnd);
  };
  const team = new Team({ ...options, startWorker });
  assert.is(started, 0);
  const { addOne } = counters(options, 8);
  addOne(team, 2);
  addOne(team, 2);
  assert.is(started, 2);
});

test("memory may grow while workers wait", async () => {
  const arena = teamArena(3, () => 6);
  for (const sleeps of [0, 50]) {
    const n = 1 << 20;
    const x = arena.place(new Float32Array(n).fill(3));
    const y = arena.allocateF32(n);
    await sleep(sleeps); // 50: long enough for workers to stop looking
    arena.kernels.activateF32(0, x, y, n);
    assert.ok(arena.f32(y, n).every((value) => value === 3));
  }
});

test("a worker that ends between jobs is told once and missed by nobody", async () => {
  const options = teamOptions(2);
  const workers: WorkerHandle[] = [];
  const startWorker: StartWorker = (task, onEnd) => {
    workers.push(options.startWorker(task, onEnd));
    return workers[0];
  };
  const { addOne, read } = counters(options, 100);
  const lost: string[] = [];
  const told = new EventEmitter();
  const onLoss = (reason: string) => {
    lost.push(reason);
    told.emit("loss");
  };
  const team = new Team({ ...options, startWorker, onLoss });
  addOne(team, 10);
  const loss = once(told, "loss");
  workers[0].terminate();
  await loss;
  addOne(team, 10);
  assert.ok(read().every((value) => value === 2));
  assert.is(lost.length, 1);
  assert.match(lost[0], /^it ended with code \d$/);
});

test("workers that do not start leave all parts to the others", () => {
  const lost: string[] = [];
  const team = {
    ...teamOptions(4),
    startWorker: (_: unknown, onEnd: (reason: string) => void) => {
      onEnd("no threads today");
      return { terminate() {} };
    },
    onLoss: (reason: string) => void lost.push(reason),
  };
  const { addOne, read } = counters(team, 64);
  addOne(new Team(team), 16);
  assert.ok(read().every((value) => value === 1));
  assert.is(lost.length, 3);
});

test("a kernel that fails in a thread is an error that names it, and the team works on", () => {
  const options = teamOptions(2);
  const team = new Team(options);
  const { addOne, read } = counters(options, 10);
  const outside = () =>
    team.run("axpyF32", [1, 0, 2 ** 31, 8], { ...ADD_ONE, total: 8, parts: 4, steps: [0, 4, 4] });
  assert.throws(
    outside,
    (error: Error) => error instanceof ThreadError && /axpyF32 failed/.test(error.message),
  );
  addOne(team, 5);
  assert.ok(read().every((value) => value === 1));
});

test("a worker that ends with a part in hand is an error, not a hang, now and from then on", () => {
  let board: Board | undefined;
  let ended = 0;
  const rest = teamOptions(2);
  const options: TeamOptions & { readonly base: number } = {
    ...rest,
    patience: 100,
    startWorker(task) {
      board = task.board;
      return { terminate: () => void ended++ };
    },
    kernels: {
      ...rest.kernels,
      axpyF32(...values: Parameters<Kernels["axpyF32"]>) {
        // While the owner does its first part, the worker takes one and is never seen again.
        if (board) Atomics.sub(board.control, board.slots.queues + board.slots.queueWords, 1);
        board = undefined;
        rest.kernels.axpyF32(...values);
      },
    },
  };
  const team = new Team(options);
  const { addOne } = counters(options, 20);
  const lost = (error: Error) =>
    error instanceof ThreadError && /in the middle of axpyF32/.test(error.message);
  assert.throws(() => addOne(team, 4), lost);
  assert.is(ended, 1);
  assert.throws(() => addOne(team, 4), lost);
});

test.run();
