/** `marlstone theory`: the theory of sequential trust regions, checked exactly on random games, as tables. */
import { Argument, Command } from "commander";
import { antiCoordinationPayoff } from "../environments/matrix/payoffs.ts";
import { claims } from "../theory/claims.ts";
import { meadowAndMarsh } from "../theory/counterexample.ts";
import {
  bestResponses,
  bestSharedReturn,
  bimatrixReturn,
  type Means,
  productReturns,
} from "../theory/didactic.ts";
import { type StudyOptions, studyClaims, studyCorrection, studyIdentities } from "../theory/studies.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { requireCount, requireSeed } from "./settings.ts";
import { table } from "./table.ts";
import { plural, type Terminal } from "./terminal.ts";

interface TheoryFlags {
  readonly games: string;
  readonly seed: string;
}

const TOPICS = ["identities", "bounds", "preopc", "didactic"] as const;
type Topic = (typeof TOPICS)[number];

const sections: Readonly<Record<Topic, (options: StudyOptions) => string>> = {
  identities,
  bounds,
  preopc,
  didactic,
};

export function theoryCommand(terminal: Terminal): Command {
  return new Command("theory")
    .description("check identities, bounds and corrections exactly on random games")
    .addArgument(new Argument("[topic]", "one part alone").choices(TOPICS))
    .option("--games <n>", "random games", "400")
    .option("--seed <s>", "seed of the games", "1")
    .action((topic: Topic | undefined, flags: TheoryFlags, command: Command) => {
      if (topic === "didactic") refuseGames(command);
      const options = { games: requireCount("--games", flags.games), seed: requireSeed(flags.seed) };
      for (const name of topic === undefined ? TOPICS : [topic])
        terminal.out(`${sections[name](options)}\n\n`);
    });
}

/** @throws InvalidInputError naming the first flag of random games that was given */
function refuseGames(command: Command): void {
  const given = ["games", "seed"].find((name) => command.getOptionValueSource(name) === "cli");
  if (given === undefined) return;
  const others = TOPICS.filter((topic) => topic !== "didactic").join(", ");
  throw new InvalidInputError(
    `--${given} is about random games, and the didactic ones are none; leave it out, or choose of ${others}`,
  );
}

const section = (title: string, rows: readonly (readonly string[])[]): string =>
  `${title}\n${table(rows, "  ")}`;

/** 0.0123, or 1.2e-12 where four digits after the point would show none. */
function short(value: number): string {
  const plain = Math.abs(value) < 1e-3 && value !== 0 ? value.toExponential(1) : value.toFixed(4);
  return plain.replace("-", "−");
}

function identities(options: StudyOptions): string {
  const rows = studyIdentities(options).map(({ name, holds, largestError }) => [
    name,
    largestError.toExponential(1).replace("-", "−"),
    holds ? "" : "printed, false",
  ]);
  return section(`Equations: largest error in ${plural(options.games, "random game")}`, [
    ["statement", "error", ""],
    ...rows,
  ]);
}

const remarks = { proved: "", open: "printed, not proved here", false: "printed, false" } as const;

function bounds(options: StudyOptions): string {
  const marsh = meadowAndMarsh();
  const there = claims.map(({ measure }) =>
    Math.max(...measure(marsh, 0.95).map(({ left, right }) => (right > 0 ? left / right : 0))),
  );
  const rows = studyClaims(options).map(({ name, status, violations, cases, largest, median }, i) => [
    name,
    `${violations}/${cases}`,
    short(largest),
    short(median),
    short(there[i]),
    remarks[status],
  ]);
  return section(
    `Bounds: left/right in ${plural(options.games, "random game")}, and in the game of the meadow and the marsh`,
    [["statement", "violated", "largest", "median", "marsh", ""], ...rows],
  );
}

function preopc(options: StudyOptions): string {
  const rows = studyCorrection(options).map(({ name, largest, median }) => [
    name,
    short(median),
    short(largest),
  ]);
  return section(
    `Correction: error of the estimate in units of that of no correction, ${plural(options.games, "random game")}`,
    [["estimate of A^π̂, or of V^π̂", "median", "largest"], ...rows],
  );
}

function didactic(): string {
  const start: Means = [-0.25, 0.25];
  const product = (["simultaneous", "sequential"] as const).map((schedule) => [
    schedule,
    ...productReturns(start, schedule, 4).map((value) => String(value).replace("-", "−")),
  ]);
  const responses = [0.55, 0.59, 0.61, 0.7, 0.9].map(antiCoordinationRow);
  const shared = [2, 4, 6, 8].map((agents) => [String(agents), String(bestSharedReturn(agents)), "1"]);
  return [
    section("r = a₁a₂ from means (−¼, ¼), KL radius ½: the return after every step", [
      ["schedule", "start", "1", "2", "3", "4"],
      ...product,
    ]),
    section("Anti-coordination: the return after both answered best", [
      ["π(0)", "before", "at once", "one after the other"],
      ...responses,
    ]),
    section("Half-half: the best return", [["agents", "shared policy", "own policies"], ...shared]),
  ].join("\n\n");
}

function antiCoordinationRow(q: number): string[] {
  const policy = [q, 1 - q];
  const policies = [policy, policy] as const;
  const results = (["simultaneous", "sequential"] as const).map((schedule) => {
    const [a, b] = bestResponses(antiCoordinationPayoff, policies, schedule);
    return `${antiCoordinationPayoff[a][b]} (${a}, ${b})`.replace("-", "−");
  });
  return [String(q), bimatrixReturn(antiCoordinationPayoff, policy, policy).toFixed(4), ...results];
}
