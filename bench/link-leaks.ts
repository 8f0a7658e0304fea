/**
 * How much of a neighbour's experience can be read out of what it sends. Navigation with 3 agents, default
 * options; agent 1 listens to agent 0, which is paid for covering landmarks. Two readers guess the sender's
 * advantages and rewards:
 *   naive   Σ over heads of the first log-ratios of the iteration, nothing else
 *   linear  least squares on half of the copies, whose truth it is told (more than a neighbour knows), tested
 *           on the other half: from its own observation, reward, advantage and the joint actions (deaf), and
 *           also from the sum over heads of every vector that it received (listening)
 * Run: node --import tsx bench/link-leaks.ts. The numbers are in docs/guide/privacy.md.
 */
import type { MatrpoAlgorithm } from "../src/algorithms/matrpo/matrpo.ts";
import type { Batch } from "../src/rollouts/batch.ts";
import { cholesky, choleskySolve } from "../src/tensor/cholesky.ts";
import { resolveRun } from "../src/training/run-config.ts";
import { makeLearner } from "../src/training/setup.ts";

const [SENDER, RECEIVER] = [0, 1];
const REPORTED = [1, 10, 30];
const LAST = 30;
const CHOICES = 5;
const RIDGE = 1e-3;

interface Iteration {
  readonly batch: Batch;
  /** Of every agent. */
  readonly advantages: readonly Float32Array[];
  /** What the receiver got from the sender, in order. */
  readonly vectors: readonly Float32Array[];
}

const learner = makeLearner(resolveRun({ iterations: LAST }));
const algorithm = learner.algorithm as MatrpoAlgorithm;

/** One iteration of training, with what its agents keep to themselves. */
async function watch(): Promise<Iteration> {
  const vectors: Float32Array[] = [];
  const advantages: Float32Array[] = [];
  let batch: Batch | undefined;
  learner.links.listen((message, from, to) => {
    if (message.kind === "log-ratio" && from === SENDER && to === RECEIVER) vectors.push(message.values);
  });
  const { update } = algorithm;
  algorithm.update = (given) => {
    batch = structuredClone(given);
    return update.call(algorithm, given);
  };
  const estimates = algorithm.agents.map((agent) => agent.estimate);
  for (const [i, agent] of algorithm.agents.entries()) {
    agent.estimate = (...given) => {
      const found = estimates[i].apply(agent, given);
      advantages[i] = found.advantages.slice();
      return found;
    };
  }
  await learner.iterate();
  algorithm.update = update;
  for (const [i, agent] of algorithm.agents.entries()) agent.estimate = estimates[i];
  if (!batch) throw new Error("no batch");
  return { batch, advantages, vectors };
}

/** Row by row what the linear reader looks at. */
function features({ batch, advantages, vectors }: Iteration, listening: boolean): number[][] {
  const { observations, rewards } = batch.agents[RECEIVER];
  const [width, heads] = [observations.length / batch.rows, batch.actions.length / batch.rows];
  return Array.from({ length: batch.rows }, (_, row) => {
    const actions = batch.actions.subarray(row * heads, (row + 1) * heads);
    const oneHot = [...actions].flatMap((own) =>
      Array.from({ length: CHOICES }, (_, a) => (a === own ? 1 : 0)),
    );
    const heard = vectors.map((vector) => sum(vector.subarray(row * heads, (row + 1) * heads)));
    const own = [
      ...observations.subarray(row * width, (row + 1) * width),
      rewards[row],
      advantages[RECEIVER][row],
    ];
    return [1, ...own, ...oneHot, ...(listening ? heard.map((value) => 10 * value) : [])];
  });
}

/** Guesses for the rows from `half` on by least squares, slightly damped, on the rows before. */
function guess(rows: readonly (readonly number[])[], truth: Float32Array, half: number): Float64Array {
  const n = rows[0].length;
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (let row = 0; row < half; row++) {
    for (let i = 0; i < n; i++) {
      right[i] += rows[row][i] * truth[row];
      for (let j = 0; j < n; j++) gram[i * n + j] += rows[row][i] * rows[row][j];
    }
  }
  for (let i = 0; i < n; i++) gram[i * n + i] += RIDGE * half;
  const weights = choleskySolve(cholesky(gram, n), n, right);
  return Float64Array.from(rows.slice(half), (row) => row.reduce((sum, x, i) => sum + x * weights[i], 0));
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

/** Squared correlation. */
function shared(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ma, mb] = [mean(a), mean(b)];
  const moment = (x: ArrayLike<number>, mx: number, y: ArrayLike<number>, my: number) =>
    mean(Array.from(x, (value, i) => (value - mx) * (y[i] - my)));
  return moment(a, ma, b, mb) ** 2 / (moment(a, ma, a, ma) * moment(b, mb, b, mb));
}

/** How often the guess is higher where the truth is positive than where it is not: ½ is chance. */
function auc(guesses: ArrayLike<number>, truth: ArrayLike<number>): number {
  const order = Array.from(guesses, (_, i) => i).sort((i, j) => guesses[i] - guesses[j]);
  let [positives, sum] = [0, 0];
  for (const [rank, i] of order.entries()) {
    if (truth[i] <= 0) continue;
    positives += 1;
    sum += rank - positives + 1;
  }
  return sum / (positives * (guesses.length - positives));
}

function report(seen: Iteration): void {
  const { batch, advantages, vectors } = seen;
  const half = batch.rows / 2;
  const heads = vectors[0].length / batch.rows;
  const centre = mean(advantages[SENDER]);
  const [truth, rewards] = [advantages[SENDER].map((value) => value - centre), batch.agents[SENDER].rewards];
  const [advantageTest, rewardTest] = [truth.subarray(half), rewards.subarray(half)];
  const show = (reader: string, advantage: ArrayLike<number>, reward: ArrayLike<number>): void => {
    const columns = [
      auc(advantage, advantageTest),
      shared(advantage, advantageTest),
      shared(reward, rewardTest),
    ];
    console.log([learner.iteration, reader, ...columns.map((column) => column.toFixed(2))].join("\t"));
  };
  const naive = Array.from({ length: half }, (_, i) =>
    sum(vectors[0].subarray((half + i) * heads, (half + i + 1) * heads)),
  );
  show("naive", naive, naive);
  for (const reader of ["linear, deaf", "linear, listening"]) {
    const rows = features(seen, reader === "linear, listening");
    show(reader, guess(rows, truth, half), guess(rows, rewards, half));
  }
}

console.log("iteration\treader\tAUC of advantage > 0\tr² advantage\tr² reward");
while (learner.iteration < LAST) {
  const seen = await watch();
  if (REPORTED.includes(learner.iteration)) report(seen);
}
