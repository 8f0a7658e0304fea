// A user's module that exports what the package's functions return, with no type written down: a declaration of it can
// be made only if every type in these results has a public name. .ci/try-package.mjs makes one.
import {
  A2po,
  box,
  checkEnvironment,
  climbing,
  cooperativeNavigation,
  differentialGame,
  discrete,
  type EnvironmentDefinition,
  fromParallel,
  grad,
  hvp,
  jvp,
  levelBasedForaging,
  Matrpo,
  makeEnvironment,
  mpeSimple,
  multiDiscrete,
  OutOfMemoryError,
  openRun,
  ops,
  type ParallelEnv,
  Qmix,
  Random,
  randomTabular,
  ring,
  StepOutcome,
  type Tensor,
  toParallel,
  treasureCollection,
  twoStep,
  type VecBatch,
  valueAndGrad,
  vectorise,
  vjp,
} from "marlstone";
import * as theory from "marlstone/theory";
import { replayPage, replaySvg } from "marlstone/viewer";

export const spaces = [box(0, 1, [2]), discrete(2), multiDiscrete([2])] as const;
export const navigation = vectorise(cooperativeNavigation(), { copies: 2 });
export const treasure = vectorise(treasureCollection());
export const foraging = vectorise(levelBasedForaging());
export const simple = vectorise(mpeSimple());
export const tabular = randomTabular();
export const games = [climbing(), differentialGame(), twoStep()] as const;
export const saved = navigation.saveState(0);
export const positions = saved.state.positions;
export const treasures = treasure.saveState(0).state.treasures;
export const players = foraging.saveState(0).state.players;
export const loaded = (state: unknown) => navigation.loadState(0, state);
export const { batch, spec } = navigation;
export const shapes = navigation.draw?.(0).shapes;
export const shown = toParallel(makeEnvironment("matrix/climbing"));
export const checked = checkEnvironment(shown);
export const stateSpace = shown.stateSpace;
export const infos = async () => (await shown.step({})).infos;
export const adapted = (make: () => ParallelEnv) => fromParallel(make, { copies: 3 });
export const instance = tabular.create(1);
export const step = (random: Random, rows: VecBatch) => instance.step(0, random, rows);
export const outOfMemory = (error: unknown) => error instanceof OutOfMemoryError;
export const outcome = StepOutcome.terminated;
export const source = (id: string): EnvironmentDefinition => makeEnvironment(id);

export const cubes = (x: Tensor) => ops.sum(ops.square(x));
export const vector = new Float32Array([1]);
export const derivative = grad(cubes);
export const both = valueAndGrad(cubes);
export const along = jvp(cubes, vector, vector);
export const back = vjp(cubes, vector, 1);
export const curvature = hvp(cubes, vector, vector);
export const layers = (x: { readonly weight: Tensor }) => ops.matmul(x.weight, x.weight);
export const allOps = ops;
export const stream = Random.fromSeed(1);
export const circle = ring(3);

export const model = new Matrpo(cooperativeNavigation());
export const others = [new A2po(games[0]), new Qmix(games[0])] as const;
export const learned = () => model.learn(100, { onIteration: (metrics) => metrics.meanReturn });
export const evaluated = () => model.evaluate();
export const predicted = () => model.predict({});
export const opened = openRun;
export const recorded = () => model.recordEpisode();
export const page = async () => replayPage(await recorded(), { title: "x" });
export const picture = async () => replaySvg(await recorded(), { title: "x" });

export const policy = theory.randomPolicy(tabular.game, stream);
export const values = theory.evaluatePolicy(tabular.game, policy);
export const theories = theory;
