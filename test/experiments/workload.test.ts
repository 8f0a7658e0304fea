/** How far an experiment is: iterations weighed by the seconds they take. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Cell } from "../../src/experiments/experiment.ts";
import { Workload } from "../../src/experiments/workload.ts";
import { fakeConfig } from "../support/fake-run.ts";

const cell = (task: string, setting: string, seed: number, iterations = 10): Cell => ({
  task,
  setting,
  seed,
  directory: "",
  config: fakeConfig({ seed, iterations }),
});
const measured = (iteration: number, total: number) => ({
  iteration,
  seconds: { sample: 0, value: 0, policy: 0, total },
});
function work(load: Workload, on: Cell, from: number, to: number, seconds: number): void {
  for (let iteration = from; iteration <= to; iteration++) load.add(on, measured(iteration, seconds));
}
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-9 * Math.abs(expected), `${found} is not ${expected}`);

test("before anything is measured the time left is unknown", () => {
  const load = new Workload([cell("a", "x", 1)]);
  assert.is(load.fraction, 0);
  assert.ok(Number.isNaN(load.secondsLeft(1)));
  assert.equal([load.done, load.total], [0, 10]);
});

test("iterations weigh what their task and setting took, else their task, else all", () => {
  const [slow, fast, sibling, stranger] = [
    cell("a", "x", 1),
    cell("b", "x", 1),
    cell("a", "y", 1),
    cell("c", "z", 1),
  ];
  const load = new Workload([slow, fast, sibling, stranger]);
  work(load, slow, 1, 5, 6);
  near(load.secondsLeft(1), 6 * 5 + 6 * 30);
  work(load, fast, 1, 10, 1);
  const seconds = (count: number, value: number) => (1 - (29 / 30) ** count) * 30 * value;
  const all = ((29 / 30) ** 10 * seconds(5, 6) + seconds(10, 1)) / seconds(15, 1);
  near(load.secondsLeft(1), 6 * 5 + 6 * 10 + all * 10);
  near(load.fraction, 40 / (40 + load.secondsLeft(1)));
  assert.is(load.done, 15);
});

test("with several jobs the longest run sets the limit, and given-up runs count for nothing", () => {
  const [long, short, lost] = [cell("a", "x", 1, 100), cell("a", "x", 2, 10), cell("a", "x", 3, 100)];
  const load = new Workload([long, short, lost]);
  work(load, short, 1, 5, 2);
  near(load.secondsLeft(1, new Set([lost])), 210);
  near(load.secondsLeft(4, new Set([lost])), 200);
  near(load.secondsLeft(4), 200);
});

test("a run with more iterations than asked for is done; a finished experiment has nothing left", () => {
  const one = cell("a", "x", 1);
  const load = new Workload([one]);
  work(load, one, 1, 12, 3);
  assert.equal([load.done, load.fraction, load.secondsLeft(2)], [10, 1, 0]);
});

test("the pace follows a machine that becomes slower", () => {
  const one = cell("a", "x", 1, 1000);
  const load = new Workload([one]);
  work(load, one, 1, 500, 1);
  work(load, one, 501, 900, 4);
  near(load.secondsLeft(1), 100 * (4 - 3 * (29 / 30) ** 400));
});

test.run();
