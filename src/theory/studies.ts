/** The statements over many random games: how large errors become, how tight bounds are, what the correction corrects. */
import { Random } from "../tensor/random.ts";
import { randomCorrectionCase, randomLambda, randomUpdate } from "./cases.ts";
import { type ClaimStatus, claims } from "./claims.ts";
import { type Estimator, estimators } from "./estimators.ts";
import { identities } from "./identities.ts";
import type { TeamUpdate } from "./update.ts";

export interface StudyOptions {
  /** Random games. */
  readonly games: number;
  /** Game g is drawn from the stream ("theory", g) of this seed, however many there are. */
  readonly seed: number;
}

export interface IdentityRow {
  readonly name: string;
  readonly holds: boolean;
  readonly largestError: number;
}
/** Of ratios: left/right of a claim, or the error of an estimate in units of that of no correction. */
export interface RatioRow {
  readonly name: string;
  readonly cases: number;
  readonly largest: number;
  readonly median: number;
}
export interface ClaimRow extends RatioRow {
  readonly status: ClaimStatus;
  readonly violations: number;
}

/** What rounding may add to the left side before it counts as a violation. */
const SLACK = 1e-9;

const streams = ({ games, seed }: StudyOptions): Random[] =>
  Array.from({ length: games }, (_, g) => Random.fromSeed(seed).derive("theory", g));

export function studyIdentities(options: StudyOptions): IdentityRow[] {
  const updates = streams(options).map(randomUpdate);
  return identities.map(({ name, holds, error }) => ({
    name,
    holds,
    largestError: Math.max(...updates.map(error)),
  }));
}

/** @param updates measured besides the random ones, such as counterexamples */
export function studyClaims(options: StudyOptions, updates: readonly TeamUpdate[] = []): ClaimRow[] {
  const drawn = streams(options).map((random) => ({
    update: randomUpdate(random),
    lambda: randomLambda(random),
  }));
  const cases = [...drawn, ...updates.map((update) => ({ update, lambda: 0.95 }))];
  return claims.map(({ name, status, measure }) => {
    const gaps = cases.flatMap(({ update, lambda }) => measure(update, lambda));
    const violations = gaps.filter(({ left, right }) => left > right + SLACK).length;
    const ratios = gaps.map(({ left, right }) => (right > 0 ? left / right : 0));
    return { status, violations, ...summary(name, ratios) };
  });
}

/** Of every estimator: max |estimate − A^π̂| / max |A^π − A^π̂|, where all agents but the last have changed. */
export function studyCorrection(options: StudyOptions): RatioRow[] {
  const measured = new Map<Estimator, number[]>(estimators.map((estimator) => [estimator, []]));
  for (const random of streams(options)) {
    const update = randomCorrectionCase(random);
    for (const [estimator, ratios] of measured) ratios.push(estimator.error(update));
  }
  return [...measured].map(([{ name }, ratios]) => summary(name, ratios));
}

function summary(name: string, ratios: readonly number[]): RatioRow {
  const sorted = [...ratios].sort((a, b) => a - b);
  const { length } = sorted;
  return { name, cases: length, largest: sorted[length - 1], median: sorted[Math.floor(length / 2)] };
}
