/**
 * Plays an algorithm in many copies of an environment and hands over what happened as a `Batch`.
 * Episodes go on from one iteration to the next, so that short iterations see long episodes whole.
 */
import type { AsyncVecEnv, MaybePromise } from "../environments/environment.ts";
import { Stopwatch } from "../profiling/stopwatch.ts";
import type { Random } from "../tensor/random.ts";
import { CheckpointError, InvalidInputError } from "../validation/errors.ts";
import { Actor } from "./actor.ts";
import type { Batch } from "./batch.ts";
import { drive } from "./drive.ts";
import type { JointPolicy } from "./joint-policy.ts";
import { Recorder } from "./recorder.ts";

/** Where the episodes stand: plain JSON. Without `copies` the environment cannot save. */
export interface CollectorState {
  readonly iteration: number;
  /** The stream that seeds new episodes. */
  readonly random: readonly number[];
  readonly copies?: readonly unknown[];
  /** What a policy with a memory remembers of every copy's episode. */
  readonly memory?: readonly number[];
}

export class Collector {
  readonly #environment: AsyncVecEnv;
  readonly #random: Random;
  readonly #actor: Actor;
  readonly #recorder: Recorder;
  readonly #steps: number;
  #iteration = 0;
  #running = false;

  /**
   * @param stepsPerIteration rows of a batch: steps of all copies together
   * @param random each iteration that starts new episodes seeds them from here, by its number
   * @param memorySize of the policies that will play
   * @throws InvalidInputError when the copies cannot share the steps evenly
   */
  constructor(environment: AsyncVecEnv, stepsPerIteration: number, random: Random, memorySize = 0) {
    const { spec, copies } = environment;
    this.#steps = stepsPerCopy(stepsPerIteration, copies);
    this.#environment = environment;
    this.#random = random;
    this.#actor = new Actor(spec, copies, memorySize);
    this.#recorder = new Recorder(spec, copies, this.#steps);
  }

  /**
   * Plays one iteration. The batch is valid until the next call; a promise only if the environment is slow.
   * An environment without `saveState` starts new episodes in every iteration, which can be resumed exactly.
   * @param stopwatch told who is at work; a call that throws leaves it as it stands
   * @throws NonFiniteError naming agent, copy and step; the next call then starts new episodes
   */
  collect(policy: JointPolicy, stopwatch = new Stopwatch()): MaybePromise<Batch> {
    return drive(this.#play(policy, stopwatch));
  }

  /** The next call starts new episodes in all copies. */
  beginAnew(): void {
    this.#running = false;
  }

  saveState(): CollectorState {
    const environment = this.#environment;
    const state = { iteration: this.#iteration, random: this.#random.saveState() };
    if (!environment.saveState || !this.#running) return state;
    const copies = Array.from({ length: environment.copies }, (_, copy) => environment.saveState?.(copy));
    const { memory } = this.#actor.situation;
    return { ...state, copies, ...(memory.length > 0 && { memory: [...memory] }) };
  }

  /** @throws CheckpointError when the state belongs to another environment or number of copies */
  async loadState(state: CollectorState): Promise<void> {
    this.#random.loadState(state.random);
    this.#iteration = state.iteration;
    this.#running = false;
    if (!state.copies) return;
    const environment = this.#environment;
    if (!environment.loadState || state.copies.length !== environment.copies) {
      throw new CheckpointError(
        `The checkpoint holds ${state.copies.length} copies of its environment, ` +
          `this one has ${environment.copies}${environment.loadState ? "" : " and cannot load them"}. ` +
          "Resume with the settings that the run was started with.",
      );
    }
    await environment.reset(0);
    for (const [copy, saved] of state.copies.entries()) environment.loadState(copy, saved);
    this.#remember(state.memory ?? []);
    this.#running = true;
  }

  #remember(saved: readonly number[]): void {
    const { memory } = this.#actor.situation;
    if (saved.length !== memory.length) {
      throw new CheckpointError(
        `The checkpoint remembers ${saved.length} numbers of its episodes, this policy ${memory.length}. ` +
          "Resume with the settings that the run was started with.",
      );
    }
    memory.set(saved);
  }

  *#play(policy: JointPolicy, stopwatch: Stopwatch): Generator<MaybePromise<void>, Batch, void> {
    const environment = this.#environment;
    const before = stopwatch.enter("environment");
    const newEpisodes = !this.#running || !environment.saveState;
    if (newEpisodes) {
      this.#actor.forget();
      yield environment.reset(this.#random.derive("episodes", this.#iteration).u32());
    }
    this.#running = false;
    stopwatch.enter("recording");
    this.#recorder.begin(this.#actor.situation.memory, newEpisodes);
    for (let step = 0; step < this.#steps; step++) {
      stopwatch.enter("acting");
      this.#actor.act(policy, environment.batch, step);
      stopwatch.enter("recording");
      this.#recorder.recordChoice(step, this.#actor.situation, this.#actor.actions, environment.batch);
      stopwatch.enter("environment");
      yield environment.step();
      stopwatch.enter("recording");
      this.#recorder.recordOutcome(step, environment.batch);
      this.#actor.forgetEnded(environment.batch);
    }
    const batch = this.#recorder.finish();
    stopwatch.enter(before);
    this.#running = true;
    this.#iteration++;
    return batch;
  }
}

function stepsPerCopy(stepsPerIteration: number, copies: number): number {
  if (stepsPerIteration > 0 && stepsPerIteration % copies === 0) return stepsPerIteration / copies;
  const below = Math.floor(stepsPerIteration / copies) * copies;
  const nearest = below > 0 ? `${below} or ${below + copies}` : `${copies}`;
  throw new InvalidInputError(
    `stepsPerIteration is ${stepsPerIteration}, which ${copies} copies of the environment cannot share ` +
      `evenly. Use ${nearest} steps, or change environmentCopies.`,
  );
}
