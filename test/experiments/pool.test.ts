/** Items in order, several at a time. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { inParallel } from "../../src/experiments/pool.ts";
import { rejects } from "../support/rejects.ts";

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("items start in order, never more than the limit at a time, and all end", async () => {
  const items = [3, 1, 4, 1, 5, 9, 2, 6];
  const [started, ended]: [number[], number[]] = [[], []];
  let [now, most] = [0, 0];
  await inParallel(items, 3, never, async (item) => {
    started.push(item);
    most = Math.max(most, ++now);
    for (let i = 0; i < item; i++) await turn();
    now--;
    ended.push(item);
  });
  assert.equal(started, items);
  assert.equal([...ended].sort(), [...items].sort());
  assert.is(most, 3);
});

test("after an abort nothing starts and what has started ends", async () => {
  const stop = new AbortController();
  const ended: number[] = [];
  await inParallel([0, 1, 2, 3, 4], 2, stop.signal, async (item) => {
    if (item === 1) stop.abort();
    await turn();
    ended.push(item);
  });
  assert.equal(ended, [0, 1]);
});

test("an error stops the queue and comes out after what has started", async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    if (item === 0) throw new Error("disk full");
    for (let i = 0; i < 5; i++) await turn();
    ended.push(item);
  };
  await rejects(() => inParallel([0, 1, 2, 3], 2, never, work), Error, /disk full/);
  assert.equal(ended, [1]);
});

test.run();
