/**
 * Fails when a kernel has become slower than docs/benchmarks.md says: its ratio to its twin or its share of the peak has
 * fallen by more than the tolerance, and measuring it again did not help. Run: npm run bench:check, on the machine that
 * the table is from.
 */
import { readFileSync } from "node:fs";
import { allCases, measureCase, type NamedCase } from "./kernels/measure-case.ts";
import { better, committedStandings, regression, type Standing, tolerance } from "./kernels/regressions.ts";
import { peakTurn } from "./support/peak.ts";
import { readTopic, reportPath } from "./support/report.ts";

const ATTEMPTS = 3;

const committed = committedStandings(readTopic(readFileSync(reportPath, "utf8"), "kernels"));
const peak = await peakTurn();

function standing(named: NamedCase): Standing {
  const { ratio, share } = measureCase(named, peak);
  const { kernel, shape, unit } = named;
  return { kernel, shape, ratio, ...(unit === "FLOP" ? { share } : {}) };
}

/** What is wrong after several attempts. */
function examine(named: NamedCase): string {
  let best = standing(named);
  for (let attempt = 1; attempt < ATTEMPTS && regression(best, committed) !== ""; attempt++) {
    best = better(best, standing(named));
  }
  return regression(best, committed);
}

const slower = allCases.flatMap((named) => {
  const problem = examine(named);
  console.log(`${problem === "" ? "ok    " : "SLOWER"}  ${problem || `${named.kernel} ${named.shape}`}`);
  return problem === "" ? [] : [problem];
});
const allowed = `ratios may fall by ${100 * tolerance.ratio} %, shares of the peak by ${100 * tolerance.share} %`;
console.log(`\n${slower.length} of ${allCases.length} are slower than docs/benchmarks.md (${allowed}).`);
for (const problem of slower) console.log(problem);
if (slower.length > 0) process.exitCode = 1;
