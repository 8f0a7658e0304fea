/** Our side of the comparison: one thread. */
import { MatrpoAlgorithm } from "../../src/algorithms/matrpo/matrpo.ts";
import { matrpoPresets } from "../../src/algorithms/matrpo/options.ts";
import { cooperativeNavigation } from "../../src/environments/particle/cooperative-navigation.ts";
import { vectorise } from "../../src/environments/vectorise.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Collector } from "../../src/rollouts/collector.ts";
import { Random } from "../../src/tensor/random.ts";
import { taskShape } from "../../src/training/learner.ts";
import { normals } from "../kernels/kernel-case.ts";
import {
  fisherByAutodiff,
  fisherByKernels,
  gradientByKernels,
  policyData,
  valueFit,
} from "../support/policy-work.ts";
import { type Call, serve } from "./serve.ts";
import type { Workload } from "./workload.ts";

const arena = createArena({ kernels: "wasm", threads: 1 });

function product({ m, k, n, transposeA, transposeB }: Workload & { kind: "product" }): Call {
  const { kernels } = arena;
  const random = Random.fromSeed("product");
  const a = normals(arena, random, m * k);
  const b = normals(arena, random, k * n);
  const c = arena.allocateF32(m * n);
  const scratch = arena.allocate(kernels.matmulScratchBytes(k, n));
  const name = transposeA ? "matmulTransposeAF32" : transposeB ? "matmulTransposeBF32" : "matmulF32";
  return () => kernels[name](a, b, c, m, k, n, 0, scratch);
}

/** An update of the preset "paper", again and again from the same parameters on the same batch. */
async function iteration(): Promise<Call> {
  const random = Random.fromSeed("iteration");
  const environment = vectorise(cooperativeNavigation({ agents: 3 }), { copies: 100 });
  const task = taskShape(environment.spec);
  const algorithm = new MatrpoAlgorithm(task, matrpoPresets.paper, random.derive("algorithm"), arena);
  const { stepsPerIteration } = algorithm.settings;
  const collector = new Collector(environment, stepsPerIteration, random.derive("environment"));
  const batch = await collector.collect(algorithm);
  const state = algorithm.save();
  return () => {
    algorithm.load(state);
    algorithm.update(batch);
  };
}

await serve((workload) => {
  if (workload.kind === "product") return product(workload);
  if (workload.kind === "iteration") return iteration();
  const data = policyData(workload.rows, [15]);
  const prepare = {
    gradient: gradientByKernels,
    fisher: fisherByAutodiff,
    fisherByHand: fisherByKernels,
    values: valueFit,
  }[workload.kind];
  return prepare(arena, data);
});
