/**
 * What users would run instead, on the same work, in turns with us: TensorFlow.js, jax-js and, where Python has it,
 * PyTorch. Run: npm run bench:peers [-- text …] for the workloads whose titles contain a text. MARLSTONE_PYTHON names
 * the interpreter that has PyTorch.
 */
import { findTorch, installPackages } from "./peers/install.ts";
import { Peer } from "./peers/peer.ts";
import { type Workload, workloads } from "./peers/workload.ts";
import { machine, writeTopic } from "./support/report.ts";
import { digits } from "./support/section.ts";
import { median } from "./support/timing.ts";

const ROUNDS = 3;
const python = process.env.MARLSTONE_PYTHON ?? "python3";

const introduction =
  "The same work on one thread: how many times as long a peer takes (above 1, we are faster), and its milliseconds of " +
  "processor time, fastest call. Ratios are medians over rounds in which both sides take turns. Products as in the " +
  "table of kernels; the other rows are of a network 18-128-128-15 with SELU, one softmax and 10,000 rows. Fisher-vector " +
  "products: by hand from stored activations, and by automatic differentiation (PyTorch keeps its graph between products, " +
  "jax-js compiles J and Jᵀ, we take `hvp`). The last row is an update of three agents with 100 activations, without " +
  "sampling: our preset `paper`, and the authors' program as PyTorch would run it.";

/** What there is to compare with, and why other things are missing. */
function findPeers(): { peers: Peer[]; missing: string[] } {
  const peers: Peer[] = [];
  const missing: string[] = [];
  const packages = installPackages();
  if ("folder" in packages) {
    const { folder } = packages;
    peers.push(Peer.node("tfjs wasm", "tfjs.mjs", folder, "wasm"));
    peers.push(Peer.node("tfjs cpu", "tfjs.mjs", folder, "cpu"));
    peers.push(Peer.node("jax-js wasm", "jax.mjs", folder));
  } else missing.push(`tfjs and jax-js left out, ${packages.error}.`);
  const torch = findTorch(python);
  if ("version" in torch) peers.push(Peer.python(`PyTorch ${torch.version}`, python, "torch_peer.py"));
  else missing.push(`PyTorch left out, ${torch.error}.`);
  return { peers, missing };
}

interface Comparison {
  readonly milliseconds: number;
  /** The peer's time over ours, or why there is none. */
  readonly cell: string;
}

/** Turns of ours and of a peer; the ratio is the median over rounds. */
async function compare(peer: Peer, workload: Workload, fail: (error: string) => void): Promise<Comparison> {
  const rounds: (readonly [number, number])[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [own, other] = [await ours.run(workload), await peer.run(workload)];
    if ("error" in own) throw new Error(own.error);
    if ("error" in other) {
      if (other.error) fail(other.error);
      return { milliseconds: own.milliseconds, cell: "–" };
    }
    rounds.push([own.milliseconds, other.milliseconds]);
  }
  const fastest = (side: 0 | 1): number => Math.min(...rounds.map((round) => round[side]));
  const ratio = median(rounds.map(([own, other]) => other / own));
  return { milliseconds: fastest(0), cell: `${digits(ratio)} (${digits(fastest(1))} ms)` };
}

/** A row of the table; what a peer cannot do goes to `failures`. */
async function measureRow(title: string, workload: Workload, peers: readonly Peer[], failures: Set<string>) {
  const comparisons: Comparison[] = [];
  for (const peer of peers) {
    comparisons.push(
      await compare(peer, workload, (error) => failures.add(`${peer.title}, ${title}: ${error}`)),
    );
  }
  const fastest = Math.min(...comparisons.map(({ milliseconds }) => milliseconds));
  return [title, digits(fastest), ...comparisons.map(({ cell }) => cell)];
}

const { peers, missing } = findPeers();
for (const line of missing) console.log(line);
if (peers.length === 0) process.exit(1);
const ours = Peer.node("marlstone", "ours.ts");
const texts = process.argv.slice(2);
const columns = ["work", "marlstone ms", ...peers.map(({ title }) => title)];
const failures = new Set<string>();
const rows: string[][] = [];
console.log(machine());
console.log(columns.join("  "));
for (const [title, workload] of Object.entries(workloads)) {
  if (texts.length > 0 && !texts.some((text) => title.includes(text))) continue;
  const row = await measureRow(title, workload, peers, failures);
  rows.push(row);
  console.log(row.join("  "));
}
for (const peer of [ours, ...peers]) peer.close();
const notes = [...missing, ...failures].map((note) => `- ${note}`).join("\n");
console.log(notes);
if (texts.length === 0) {
  writeTopic("peers", { title: "Peers", introduction: `${introduction}\n\n${notes}`, columns, rows });
  console.log("\nwrote docs/benchmarks.md");
}
