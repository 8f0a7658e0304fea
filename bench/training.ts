/**
 * Whole iterations of the policy-optimisation family on MPE's simple spread, with the sizes of HARL's tuned settings:
 * 20 copies, 4,000 steps, hidden layers of 128 and 128, 5 epochs. HARL itself runs in the same measurement where
 * MARLSTONE_HARL names its folder and MARLSTONE_PYTHON a Python that has what bench/peers/harl_peer.py needs.
 */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { secondsOf } from "../src/profiling/profile.ts";
import { catalogue, resolveRun } from "../src/training/run-config.ts";
import { makeLearner } from "../src/training/setup.ts";
import { digits, type Progress, type Section } from "./support/section.ts";

const WARM_UP = 3;
const ITERATIONS = 12;
const HARL_UPDATES = 8;

interface Case {
  readonly algorithm: string;
  readonly options?: object;
  /** Whether HARL has it. */
  readonly peer?: boolean;
}

/** A2PO's own defaults are more epochs and a critic for each agent; here all in a group do the same work. */
const EPOCHS = { epochs: 5, criticEpochs: 5 };
const oneCritic: Readonly<Record<string, Case>> = {
  mappo: { algorithm: "mappo", peer: true },
  coppo: { algorithm: "coppo" },
  happo: { algorithm: "happo", peer: true },
  hatrpo: { algorithm: "hatrpo", peer: true },
  a2po: { algorithm: "a2po", options: { ...EPOCHS, criticSharing: "one" } },
};
const ownCritics: Readonly<Record<string, Case>> = {
  "mappo, three critics": { algorithm: "mappo", options: { criticSharing: "separate" } },
  "a2po, three critics": { algorithm: "a2po", options: EPOCHS },
};
/** In each group updates are compared with those of the first. */
const groups = [oneCritic, ownCritics];
const threadCounts = [...new Set([1, Math.min(2, availableParallelism())])];

interface Measured {
  readonly steps: number;
  /** Of the fastest iteration. */
  readonly seconds: number;
  /** Of them what is no sampling. */
  readonly update: number;
}

async function measureOurs({ algorithm, options = {} }: Case, threads: number): Promise<Measured> {
  const config = resolveRun({ environment: "mpe/simple-spread", algorithm, options: { ...options } });
  const learner = makeLearner(config, catalogue, threads);
  const all: Measured[] = [];
  for (let i = 0; i < WARM_UP + ITERATIONS; i++) {
    const { seconds } = await learner.iterate();
    const update = seconds.total - secondsOf("sampling", seconds.phases ?? {});
    all.push({ steps: config.options.stepsPerIteration, seconds: seconds.total, update });
  }
  return all.slice(WARM_UP).reduce((best, next) => (next.seconds < best.seconds ? next : best));
}

/** HARL's fastest update; undefined where it has no such algorithm or is not here. */
function measureHarl({ algorithm, peer }: Case): Measured | undefined {
  const folder = process.env.MARLSTONE_HARL;
  if (!folder || !peer) return undefined;
  const script = fileURLToPath(new URL("peers/harl_peer.py", import.meta.url));
  const python = process.env.MARLSTONE_PYTHON ?? "python3";
  const args = [script, folder, algorithm, "simple_spread_v2", `${HARL_UPDATES}`];
  const text = execFileSync(python, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(text.trim().split("\n").at(-1) ?? "") as Measured;
}

/** A row but for its first columns. */
const cells = (own: Measured, first: Measured, other: Measured | undefined): string[] => [
  digits(rate(own)),
  digits(1000 * own.seconds),
  digits(1000 * own.update),
  digits(own.update / first.update),
  other ? digits(rate(other)) : "–",
  other ? digits(rate(own) / rate(other)) : "–",
];

const rate = ({ steps, seconds }: Measured): number => steps / seconds;

export async function measure(progress: Progress): Promise<Section> {
  const columns = [
    "algorithm",
    "threads",
    "steps/s",
    "ms an iteration",
    "of it update",
    "update / MAPPO's",
    "HARL steps/s",
    "times HARL",
  ];
  progress(columns);
  const harl = new Map(Object.entries(oneCritic).map(([title, one]) => [title, measureHarl(one)] as const));
  const rows: string[][] = [];
  for (const threads of threadCounts) {
    for (const group of groups) {
      let first: Measured | undefined;
      for (const [title, one] of Object.entries(group)) {
        const own = await measureOurs(one, threads);
        first ??= own;
        rows.push([title, `${threads}`, ...cells(own, first, harl.get(title))]);
        progress(rows[rows.length - 1]);
      }
    }
  }
  return {
    title: "Training the policy-optimisation family",
    introduction:
      "`mpe/simple-spread` with three agents, 20 copies, 4,000 environment steps an iteration, networks of 128 and 128 with " +
      "layer normalisation, 5 epochs of one minibatch (`hatrpo`: 10 conjugate-gradient products): environment steps a second " +
      `from sampling to the last gradient, the fastest of ${ITERATIONS} iterations after ${WARM_UP}. HARL: its tuned settings ` +
      `of the same sizes on MPE2, one PyTorch thread beside the processes of its environments, the fastest of ${HARL_UPDATES} ` +
      "updates in the same measurement.",
    columns,
    rows,
  };
}
