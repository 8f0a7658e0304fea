/** What the terminal shows: numbers, durations, tables, the chart, and progress in both forms. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { showProgress } from "../../src/cli/progress.ts";
import { addSetting, noSettings, numberOrText } from "../../src/cli/settings.ts";
import { table } from "../../src/cli/table.ts";
import {
  formatDuration,
  formatMinutes,
  formatReturn,
  formatScore,
  plural,
  type Terminal,
} from "../../src/cli/terminal.ts";
import { terminalChart } from "../../src/cli/terminal-chart.ts";
import type { IterationMetrics } from "../../src/training/metrics.ts";

const line = (iteration: number, changes: Partial<IterationMetrics> = {}): IterationMetrics => ({
  iteration,
  environmentSteps: 1000 * iteration,
  episodes: 10,
  meanReturn: -100 + iteration,
  agentReturns: [-100 + iteration],
  meanEpisodeLength: 100,
  kl: [0.0123],
  entropy: [1],
  explainedVariance: [0],
  seconds: { sample: 1, value: 1, policy: 1, total: 4 },
  warnings: [],
  ...changes,
});

function recorded() {
  const seen = { out: "", err: "" };
  const terminal: Terminal = {
    out(text) {
      seen.out += text;
    },
    err(text) {
      seen.err += text;
    },
    interactive: false,
    columns: 100,
    command: "marlstone",
    catchStop: () => new AbortController().signal,
  };
  return { seen, terminal };
}

test("durations, counts and returns read naturally", () => {
  assert.equal([0, 5, 59.6, 600, 3700, 36_000].map(formatDuration), [
    "0:00",
    "0:05",
    "1:00",
    "10:00",
    "1:01:40",
    "10:00:00",
  ]);
  assert.equal([plural(1, "step"), plural(12_345, "step")], ["1 step", "12,345 steps"]);
  assert.equal([-65.26, 3, null].map(formatReturn), ["−65.3", "3.0", "–"]);
  assert.equal([-0.04, 0.1334, 0, -1].map(formatReturn), ["−0.0400", "0.133", "0", "−1.0"]);
  assert.equal([95, 3599.6, 3700].map(formatMinutes), ["1:35 minutes", "1:00:00 hours", "1:01:40 hours"]);
});

test("a score has the digits that its standard error leaves", () => {
  const shown: readonly (readonly [mean: number, standardError: number | null, text: string])[] = [
    [-65.26, 1.24, "−65.3 ± 1.2"],
    [3 / 32, 0.0523, "0.094 ± 0.052"],
    [-0.04, 0.0996, "−0.04 ± 0.10"],
    [-1651.3, 38.2, "−1651 ± 38"],
    [-1651.3, 238.2, "−1651 ± 238"],
    [1.23456e-4, 5.5e-6, "0.0001235 ± 0.0000055"],
    [0.25, 0, "0.250 ± 0"],
    [0.1 + 0.2, 1e-17, "0.300 ± 0"],
    [-65.26, null, "−65.3"],
  ];
  for (const [mean, standardError, text] of shown)
    assert.is(formatScore({ return: mean, standardError }), text);
});

test("progress without a terminal is one line an iteration with time left, and warnings apart", () => {
  const { seen, terminal } = recorded();
  const progress = showProgress(terminal, 0, 10);
  progress.iteration(line(1, { relativeConsensusResidual: 0.345 }));
  progress.iteration(
    line(2, { meanReturn: null, warnings: ["agents disagree"], kl: [0.1, 6.243e-5, 0.3, 0.4, 0.5] }),
  );
  const { kl: _, ...withoutKl } = line(3, {});
  progress.iteration(withoutKl);
  progress.iteration(line(4, { meanReturn: 0.1334, kl: [7.6e-7] }));
  progress.stop();
  assert.equal(seen.out.split("\n"), [
    "iteration 1/10 · 0:36 left · return −99.0 · KL .0123 · residual 0.34 · 250 steps/s",
    "iteration 2/10 · 0:32 left · return – · KL .0000624 to .5 · 250 steps/s",
    "iteration 3/10 · 0:28 left · return −97.0 · 250 steps/s",
    "iteration 4/10 · 0:24 left · return 0.133 · KL 7.6e−7 · 250 steps/s",
    "",
  ]);
  assert.is(seen.err, "warning: iteration 2: agents disagree\n");
});

test("progress shows what the algorithm wants to be seen, and evaluations", () => {
  const { seen, terminal } = recorded();
  const headline = ["clipFraction", "entropy", "order", "toString", "explainedVariance", "gradientNorm"];
  const progress = showProgress(terminal, 0, 4, headline);
  const details = { clipFraction: [0.12345, 0.1], order: [2, 0, 1], gradientNorm: 12_345.678 };
  const evaluation = { return: -65.26, standardError: 1.24, agentReturns: [], length: 9, episodes: 3 };
  const seconds = { sample: 1, value: 1, policy: 2, total: 8, phases: { evaluation: 4 } };
  progress.iteration(line(1, { details, explainedVariance: [-0.05, 0, 0.5, 0.75, 1] }));
  progress.iteration(line(2, { evaluation: { ...evaluation, metrics: {} }, seconds }));
  progress.iteration(line(3, { evaluation: { ...evaluation, standardError: null, metrics: {} } }));
  assert.equal(seen.out.split("\n"), [
    "iteration 1/4 · 0:12 left · return −99.0 · KL .0123 · clip fraction .123 .1 · entropy 1 · order 2 0 1 · " +
      "explained variance −.05 to 1 · gradient norm 12300 · 250 steps/s",
    "iteration 2/4 · 0:12 left · return −98.0 · evaluated −65.3 ± 1.2 · KL .0123 · entropy 1 · " +
      "explained variance 0 · 250 steps/s",
    "iteration 3/4 · 0:05 left · return −97.0 · evaluated −65.3 · KL .0123 · entropy 1 · " +
      "explained variance 0 · 250 steps/s",
    "",
  ]);
});

/** What is drawn on standard error, taken for a terminal. */
function drawn(draw: () => void): string {
  const { stderr } = process;
  const { write, isTTY } = stderr;
  let text = "";
  stderr.isTTY = true;
  stderr.write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  try {
    draw();
  } finally {
    Object.assign(stderr, { write, isTTY });
  }
  return text;
}

test("a narrow window has the time left, the return and the evaluation, and says that there is more", () => {
  const evaluation = { return: -65.26, standardError: 1.24, agentReturns: [], length: 9, episodes: 3 };
  const text = drawn(() => {
    const terminal = { ...recorded().terminal, interactive: true, columns: 80 };
    const progress = showProgress(terminal, 0, 12, ["entropy", "gradientNorm"]);
    progress.iteration(line(6, { evaluation: { ...evaluation, metrics: {} }, kl: [0.0123, 0.0234, 0.0345] }));
    progress.stop();
  });
  const shown = text.split("\n").filter((part) => part.includes("6/12"));
  assert.ok(shown.length > 0, text);
  for (const part of shown) {
    const [bar] = part.match(/6\/12 .*/) as RegExpMatchArray;
    assert.match(bar, /^6\/12 \S{6} 0:24 left · return −94\.0 · evaluated −65\.3 ± 1\.2 · KL \.0123 \.0.*…/);
    assert.is(bar.split("…")[0].length, 79);
  }
});

test("columns line up and lines do not end in spaces", () => {
  assert.is(
    table(
      [
        ["a", "1", "x"],
        ["long", "", ""],
      ],
      "  ",
    ),
    "  a     1  x\n  long",
  );
});

test("the chart has round numbers on its axes, and needs two points", () => {
  assert.is(terminalChart([line(1)], 100), "");
  const chart = terminalChart(
    Array.from({ length: 60 }, (_, i) => line(i + 1)),
    100,
  );
  assert.match(chart, /mean return by iteration/);
  assert.match(chart, /-80┤/);
  assert.match(chart, / 20 +40 +60/);
  const two = terminalChart([line(1), line(2)], 60);
  assert.not.match(two, /1\.5/);
});

test("settings are JSON where they can be, for the algorithm or the environment", () => {
  const words = [
    "gamma=0.9",
    "hiddenSizes=[8,8]",
    "topology=star",
    "rescale=false",
    "penalty=null",
    "environment.agents=4",
  ];
  const settings = words.reduce((sum, word) => addSetting(word, sum), noSettings);
  assert.equal(settings.options, {
    gamma: 0.9,
    hiddenSizes: [8, 8],
    topology: "star",
    rescale: false,
    penalty: null,
  });
  assert.equal(settings.environmentOptions, { agents: 4 });
  assert.is(addSetting("a=b=c", noSettings).options.a, "b=c");
  assert.equal(["7", "1e3", "x", ""].map(numberOrText), [7, 1000, "x", ""]);
});

test.run();
