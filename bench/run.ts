/**
 * Measures what the project promises to be fast and writes docs/benchmarks.md. Run: npm run bench [-- topic …]
 * A topic is a file here that exports `measure(progress): Promise<Section>`; list it below.
 */
import { measure as measureEnvironments } from "./environments.ts";
import { measure as measureIterations } from "./iterations.ts";
import { measure as measureKernels } from "./kernels.ts";
import { measure as measureMemory } from "./memory.ts";
import { measure as measureReturns } from "./returns.ts";
import { measure as measureSampling } from "./sampling.ts";
import { measure as measureSteps } from "./steps.ts";
import { machine, writeTopic } from "./support/report.ts";
import type { Progress, Section } from "./support/section.ts";
import { measure as measureThreads } from "./threads.ts";
import { measure as measureTraining } from "./training.ts";

const topics: Readonly<Record<string, (progress: Progress) => Promise<Section>>> = {
  kernels: measureKernels,
  threads: measureThreads,
  steps: measureSteps,
  iterations: measureIterations,
  environments: measureEnvironments,
  sampling: measureSampling,
  memory: measureMemory,
  returns: measureReturns,
  training: measureTraining,
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(topics);
const unknown = chosen.filter((topic) => !Object.hasOwn(topics, topic));
if (unknown.length > 0) {
  console.error(`There is no topic ${unknown.join(", ")}; the topics are ${Object.keys(topics).join(", ")}.`);
  process.exit(2);
}
console.log(machine());
for (const topic of chosen) {
  console.log(`\n${topic}`);
  writeTopic(topic, await topics[topic]((row) => console.log(row.join("  "))));
}
console.log("\nwrote docs/benchmarks.md");
