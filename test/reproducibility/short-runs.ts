/**
 * Short trainings whose bits are compared between places: processes, threads, kernels, engines, versions of Node.
 * Between them they take every path of the algorithms: both solvers, all activations, full and ragged vector lanes.
 * Everything here also runs in a browser.
 */
import { decodeSafetensors, sha256 } from "../../src/formats/safetensors.ts";
import {
  A2po,
  type A2poOptions,
  cooperativeNavigation,
  Happo,
  type HappoOptions,
  Hatrpo,
  type HatrpoOptions,
  Mappo,
  type MappoOptions,
  Matrpo,
  type MatrpoOptions,
  type Model,
  type ModelOptions,
  Qmix,
  type QmixOptions,
  TrpoCentral,
  type TrpoCentralOptions,
  TrpoIndependent,
  type TrpoIndependentOptions,
} from "../../src/index.ts";

const algorithms = {
  a2po: A2po,
  happo: Happo,
  hatrpo: Hatrpo,
  mappo: Mappo,
  matrpo: Matrpo,
  qmix: Qmix,
  "trpo-central": TrpoCentral,
  "trpo-independent": TrpoIndependent,
};

interface Options {
  readonly a2po: A2poOptions;
  readonly happo: HappoOptions;
  readonly hatrpo: HatrpoOptions;
  readonly mappo: MappoOptions;
  readonly matrpo: MatrpoOptions;
  readonly qmix: QmixOptions;
  readonly "trpo-central": TrpoCentralOptions;
  readonly "trpo-independent": TrpoIndependentOptions;
}
type RunOf<Id extends keyof Options> = {
  readonly algorithm: Id;
  readonly agents: number;
  readonly options: Options[Id] & Omit<ModelOptions, "seed">;
};
type ShortRun = { [Id in keyof Options]: RunOf<Id> }[keyof Options];

export const shortRuns = {
  default: {
    algorithm: "matrpo",
    agents: 3,
    options: { stepsPerIteration: 440, environmentCopies: 4, hiddenSizes: [16, 16] },
  },
  paper: {
    algorithm: "matrpo",
    agents: 4,
    options: {
      preset: "paper",
      stepsPerIteration: 220,
      environmentCopies: 2,
      hiddenSizes: [17, 9],
      activation: "relu",
      topology: "star",
      linkOrder: "random",
      consensus: "joint",
      admmIterations: 9,
    },
  },
  official: {
    algorithm: "matrpo",
    agents: 2,
    options: {
      preset: "official",
      stepsPerIteration: 130,
      environmentCopies: 1,
      hiddenSizes: [5],
      activation: "tanh",
      admmIterations: 3,
    },
  },
  central: {
    algorithm: "trpo-central",
    agents: 3,
    options: { stepsPerIteration: 440, environmentCopies: 4, hiddenSizes: [16, 16] },
  },
  centralOfficial: {
    algorithm: "trpo-central",
    agents: 2,
    options: {
      preset: "official",
      stepsPerIteration: 130,
      environmentCopies: 1,
      hiddenSizes: [7],
      activation: "relu",
      policyOutputGain: 0.5,
    },
  },
  independent: {
    algorithm: "trpo-independent",
    agents: 3,
    options: {
      stepsPerIteration: 220,
      environmentCopies: 2,
      hiddenSizes: [17, 9],
      activation: "tanh",
      solver: "subspace",
      subspaceStart: 5,
    },
  },
  independentPaper: {
    algorithm: "trpo-independent",
    agents: 4,
    options: { preset: "paper", stepsPerIteration: 220, environmentCopies: 2, hiddenSizes: [6, 5] },
  },
  qmix: {
    algorithm: "qmix",
    agents: 3,
    options: { stepsPerIteration: 206, environmentCopies: 2, batchEpisodes: 2, hiddenSize: 9, mixingSize: 5 },
  },
  mappo: {
    algorithm: "mappo",
    agents: 3,
    options: { stepsPerIteration: 440, environmentCopies: 4, hiddenSizes: [16, 16], minibatches: 3 },
  },
  happo: {
    algorithm: "happo",
    agents: 3,
    options: {
      stepsPerIteration: 210,
      environmentCopies: 2,
      hiddenSizes: [17, 9],
      activation: "tanh",
      recurrent: true,
      chunkLength: 7,
    },
  },
  hatrpo: {
    algorithm: "hatrpo",
    agents: 2,
    options: { stepsPerIteration: 212, environmentCopies: 2, hiddenSizes: [17, 9] },
  },
  a2po: {
    algorithm: "a2po",
    agents: 3,
    options: {
      stepsPerIteration: 220,
      environmentCopies: 2,
      hiddenSizes: [9],
      activation: "selu",
      epochs: 2,
      valueNorm: "popart",
      rescore: true,
    },
  },
} as const satisfies Record<string, ShortRun>;
export type ShortRunName = keyof typeof shortRuns;
export const shortRunNames = Object.keys(shortRuns) as ShortRunName[];

/** What a run left behind. */
export interface Print {
  /** Of each iteration; shows a person how far two runs went together. */
  readonly meanReturns: readonly (number | null)[];
  /** Of all tensors that a checkpoint holds: networks, optimisers, random streams, environment copies. */
  readonly sha256: string;
}
export type Prints = Partial<Record<ShortRunName, Print>>;

const ITERATIONS = 3;

export function makeShortRun(name: ShortRunName, seed = 1): Model {
  const { algorithm, agents, options } = shortRuns[name];
  return new algorithms[algorithm](cooperativeNavigation({ agents }), { ...options, seed });
}

/** Learns `iterations` more. */
export async function learnIterations(model: Model, name: ShortRunName, iterations: number) {
  const meanReturns: (number | null)[] = [];
  await model.learn(iterations * shortRuns[name].options.stepsPerIteration, {
    onIteration: ({ meanReturn }) => meanReturns.push(meanReturn),
  });
  return meanReturns;
}

export async function printRun(name: ShortRunName, seed?: number): Promise<Print> {
  const model = makeShortRun(name, seed);
  const meanReturns = await learnIterations(model, name, ITERATIONS);
  return { meanReturns, sha256: await savedHash(model) };
}

export async function printRuns(names: readonly ShortRunName[] = shortRunNames): Promise<Prints> {
  const prints: Prints = {};
  for (const name of names) prints[name] = await printRun(name);
  return prints;
}

/** SHA-256 over names, shapes and values of the tensors that a model saves; settings and version do not count. */
export async function savedHash(model: Model): Promise<string> {
  return hashTensors(await model.toBytes());
}

/** The same of a checkpoint's bytes. */
export async function hashTensors(checkpoint: Uint8Array): Promise<string> {
  const { tensors } = await decodeSafetensors(checkpoint);
  const lines = [...tensors].map(async ([name, { shape, values }]) => {
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    return `${name} [${shape}] ${await sha256(bytes)}\n`;
  });
  return sha256(new TextEncoder().encode((await Promise.all(lines)).sort().join("")));
}
