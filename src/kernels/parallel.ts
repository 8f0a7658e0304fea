/**
 * Kernels that share their work with a team of threads, with the bits of one: every entry is computed whole by one thread,
 * in the order of one. Calls that are too short go straight to the kernel.
 */
import type { Kernels } from "./abi.ts";
import { rules } from "./cuts.ts";
import { type Division, type Facts, type Policy, policyFor, type Values } from "./division.ts";
import type { LinearMemory } from "./memory.ts";
import { parallelFits } from "./parallel-fits.ts";
import { parallelGradients } from "./parallel-gradients.ts";
import type { Team } from "./team.ts";

type Call = (...values: Values) => void;

/** The scratch of two threads does not meet in a cache line. */
const ALIGNMENT = 64;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** @param single the kernels of the thread that owns the team, over the memory that it shares */
export function parallelKernels(
  single: Kernels,
  memory: LinearMemory,
  team: Team,
  { isShort, partsOf }: Policy = policyFor(team.threads),
): Kernels {
  const { threads } = team;
  const whole = single as unknown as Readonly<Record<string, Call>>;
  const facts: Facts = {
    isShort,
    integers: (at, length) => new Int32Array(memory.buffer, at, length),
    matmulScratch: (k, n) => aligned(single.matmulScratchBytes(k, n)),
    mlpScratch: (layers, sizes, rows) => aligned(single.mlpScratchBytes(layers, sizes, rows)),
  };
  const perform = (division: Division): void => {
    const parts = partsOf(division);
    if (parts === 1) whole[division.kernel](...division.values);
    else team.run(division.kernel, division.values, { ...division.cut, parts });
  };
  const calls = Object.entries(rules).map(([name, rule]): [string, Call] => [
    name,
    (...values) => {
      const division = rule(values, facts);
      if (division) perform(division);
      else whole[name](...values);
    },
  ]);
  const shared = Object.fromEntries(calls) as unknown as Pick<Kernels, keyof typeof rules>;
  return {
    ...single,
    ...shared,
    ...parallelGradients(single, facts, threads, perform),
    ...parallelFits(threads, perform),
    matmulScratchBytes: (k, n) => threads * facts.matmulScratch(k, n),
  };
}
