/**
 * How often 95 % intervals hold the truth when seeds are few: normal values, whose mean and interquartile mean are 0.
 * Run: node --import tsx bench/coverage.ts. It prints the table of docs/guide/statistics.md.
 */
import { stratifiedBootstrap } from "../src/statistics/bootstrap.ts";
import { interquartileMean, mean } from "../src/statistics/location.ts";
import { type Interval, studentInterval } from "../src/statistics/student.ts";
import { Random } from "../src/tensor/random.ts";

const TRIALS = 4000;
const resamples = { resamples: 400 };
const random = Random.fromSeed("coverage");
const sample = (n: number): number[] => Array.from({ length: n }, () => random.normal());

const intervals: Record<string, (n: number) => Interval> = {
  "Student, mean": (n) => studentInterval(sample(n)),
  "bootstrap, mean": (n) => stratifiedBootstrap([sample(n)], ([x]) => mean(x), random, resamples),
  "bootstrap, interquartile mean": (n) =>
    stratifiedBootstrap([sample(n)], ([x]) => interquartileMean(x), random, resamples),
  "bootstrap, interquartile mean, 4 tasks": (n) => {
    const tasks = Array.from({ length: 4 }, () => sample(n));
    return stratifiedBootstrap(tasks, (drawn) => interquartileMean(drawn.flat()), random, resamples);
  },
};

console.log(`| seeds | ${Object.keys(intervals).join(" | ")} |\n|${"---|".repeat(5)}`);
for (const n of [3, 5, 10, 20]) {
  const shares = Object.values(intervals).map((make) => {
    let held = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { low, high } = make(n);
      if (low <= 0 && 0 <= high) held++;
    }
    return `${((100 * held) / TRIALS).toFixed(1)} %`;
  });
  console.log(`| ${n} | ${shares.join(" | ")} |`);
}
