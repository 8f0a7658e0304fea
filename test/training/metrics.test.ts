/** Lines of metrics: means over episodes, and what an iteration reports. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { joinMetrics, summariseEpisodes } from "../../src/training/metrics.ts";

test("returns are averaged over episodes and summed over agents", () => {
  const episodes = { count: 2, returns: Float64Array.of(1, 2, 3, 6), lengths: Int32Array.of(5, 10) };
  assert.equal(summariseEpisodes(episodes, 2), {
    episodes: 2,
    meanReturn: 6,
    agentReturns: [2, 4],
    meanEpisodeLength: 7.5,
  });
});

test("without a finished episode means are null, which JSON keeps", () => {
  const none = { count: 0, returns: new Float64Array(), lengths: new Int32Array() };
  assert.equal(summariseEpisodes(none, 2), {
    episodes: 0,
    meanReturn: null,
    agentReturns: [null, null],
    meanEpisodeLength: null,
  });
});

test("a line holds counters, episodes, update and all times", () => {
  const update = {
    kl: [0.1],
    entropy: [1],
    explainedVariance: [0.5],
    warnings: [],
    details: { basisSize: [9] },
  };
  const episodes = summariseEpisodes({ count: 0, returns: new Float64Array(), lengths: new Int32Array() }, 1);
  const phases = { acting: 1, environment: 2, values: 1, vectors: 2, lineSearch: 0.5, other: 0.5 };
  const line = joinMetrics({ iteration: 1, environmentSteps: 10 }, episodes, update, phases);
  assert.equal(line.seconds, { sample: 3, value: 1, policy: 3, total: 7, phases });
  assert.is(line.environmentSteps, 10);
  assert.equal(line.details, { basisSize: [9] });
});

test.run();
