/** One copy of a user-written environment: feeds it actions, checks its replies, keeps the books. */
import * as v from "valibot";
import { Random } from "../tensor/random.ts";
import { validate } from "../validation/validate.ts";
import {
  complain,
  type Place,
  requireAgents,
  requireFlags,
  requireRecord,
  requireReply,
  requireReward,
} from "./contract.ts";
import { cutActions } from "./cut-actions.ts";
import type { MaybePromise, ParallelEnv, ParallelStep, VecBatch } from "./environment.ts";
import { whenReady } from "./maybe-promise.ts";
import type { ParallelSpec } from "./parallel-spec.ts";
import { ParallelWriter, type Shown } from "./parallel-writer.ts";
import { requireSavedState } from "./saved-state.ts";
import { copyRow, reachesLimit } from "./spec.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const savedSchema = v.strictObject({
  /** What the environment itself saved; the rest is the adapter's. */
  state: v.unknown(),
  random: v.array(v.number()),
  episode: count,
  steps: count,
  live: v.array(v.string()),
  returns: v.array(v.number()),
  observations: v.array(v.number()),
  mask: v.array(v.number()),
  central: v.array(v.number()),
});

export class ParallelCopy {
  readonly #environment: ParallelEnv;
  readonly #facts: ParallelSpec;
  readonly #batch: VecBatch;
  readonly #writer: ParallelWriter;
  readonly #copy: number;
  /** Number of the copy among all shards: names its random stream, and it in messages. */
  readonly #number: number;
  readonly #random = Random.fromSeed(0);
  readonly #returns: Float64Array;
  #live: readonly string[] = [];
  #episode = 0;
  #steps = 0;

  constructor(
    environment: ParallelEnv,
    facts: ParallelSpec,
    batch: VecBatch,
    copy: number,
    firstCopy: number,
  ) {
    this.#environment = environment;
    this.#facts = facts;
    this.#batch = batch;
    this.#writer = new ParallelWriter(facts, batch, copy);
    this.#copy = copy;
    this.#number = firstCopy + copy;
    this.#returns = new Float64Array(facts.spec.agents.length);
  }

  /** Takes the stream of this copy below the root of `seed`; episodes count from 0 again. */
  seed(seed: number | string): void {
    this.#random.loadState(Random.fromSeed(seed).derive("environment", this.#number).saveState());
    this.#episode = 0;
  }

  /** Begins an episode, with a seed that follows from (seed, copy, episode). */
  begin(): MaybePromise<void> {
    const seed = this.#random.derive("episode", this.#episode++).u32();
    this.#steps = 0;
    this.#returns.fill(0);
    return whenReady(this.#environment.reset({ seed }), (reply) => this.#admit(reply));
  }

  step(): MaybePromise<void> {
    const { id } = this.#facts.spec;
    if (this.#live.length === 0)
      complain({ id, copy: this.#number }, "no episode has begun; call reset() before the first step");
    const actions = Object.fromEntries(this.#live.map((agent) => [agent, this.#action(agent)]));
    this.#steps++;
    return whenReady(this.#environment.step(actions), (reply) => this.#absorb(reply));
  }

  /** A choice, choices, or reals cut to their bounds, in an array of their own. */
  #action(agent: string): number | Int32Array | Float32Array {
    const { spec, actionSpaces } = this.#facts;
    const slot = spec.agents.indexOf(agent);
    const at = (this.#copy * spec.agents.length + slot) * spec.actionSize;
    const { actions } = this.#batch;
    if (actionSpaces[slot].type === "discrete") return actions[at];
    const own = actions.slice(at, at + spec.actionSizes[slot]);
    cutActions(spec, own, slot * spec.actionSize);
    return own;
  }

  #admit(given: Shown): void {
    const place = this.#place();
    const reply = requireReply(given, "reset", place);
    const { agents: known } = this.#facts.spec;
    const agents = requireAgents(this.#environment.agents, "agents", place);
    if (agents.length === 0) complain(place, "agents is empty; at least one agent must act in a new episode");
    const stranger = agents.find((agent) => !known.includes(agent));
    if (stranger !== undefined) complain(place, `agents holds ${stranger}, which is not in possibleAgents`);
    this.#live = known.filter((agent) => agents.includes(agent));
    this.#show(reply, this.#live, this.#live, place);
  }

  #absorb(given: ParallelStep<unknown>): MaybePromise<void> {
    const place = this.#place();
    const reply = requireReply(given, "step", place);
    const acted = this.#live;
    const { live, unfinished } = requireFlags(reply, acted, place);
    const agents = requireAgents(this.#environment.agents, "agents", place);
    this.#addRewards(reply.rewards, acted, place);
    const limited = reachesLimit(this.#facts.spec, this.#steps);
    if (live.length > 0 && !limited) {
      if (agents.length === 0) {
        complain(place, `agents is empty but agent ${live[0]} is neither terminated nor truncated`);
      }
      this.#setFlags(0, 0);
      this.#live = live;
      this.#show(reply, acted, live, place);
      return undefined;
    }
    const ended = unfinished.length === 0;
    this.#setFlags(ended ? 1 : 0, ended ? 0 : 1);
    // Where a clock ended it, those who terminated in the last step would not have gone on either.
    this.#show(reply, acted, ended ? acted : unfinished, place, ended);
    this.#finish();
    return this.begin();
  }

  /** Writes what those who acted see, then leaves it to those who go on. */
  #show(
    reply: Shown,
    acted: readonly string[],
    live: readonly string[],
    place: Place,
    terminated = false,
  ): void {
    this.#writer.writeObservations(reply, acted, place);
    // After a termination nobody chooses, and masks may well leave nothing to choose.
    if (terminated) this.#writer.clearMasks(live);
    else this.#writer.writeMasks(this.#environment, reply, live, place);
    this.#writer.writeState(this.#environment, place);
    this.#writer.writeAlive(live);
  }

  #addRewards(given: unknown, acted: readonly string[], place: Place): void {
    const rewards = requireRecord<unknown>(given, "rewards", acted, place);
    const { agents } = this.#facts.spec;
    for (const [slot, agent] of agents.entries()) {
      const reward = acted.includes(agent) ? requireReward(rewards[agent], agent, place) : 0;
      this.#batch.rewards[this.#copy * agents.length + slot] = reward;
      this.#returns[slot] += reward;
    }
  }

  #finish(): void {
    const { spec } = this.#facts;
    const batch = this.#batch;
    const agents = spec.agents.length;
    copyRow(batch.observations, batch.finalObservations, this.#copy, agents * spec.observationSize);
    copyRow(batch.state, batch.finalState, this.#copy, spec.stateSize);
    copyRow(batch.mask, batch.finalMask, this.#copy, agents * spec.maskSize);
    copyRow(batch.alive, batch.finalAlive, this.#copy, agents);
    batch.episodeReturns.set(this.#returns, this.#copy * agents);
    batch.episodeLengths[this.#copy] = this.#steps;
  }

  #setFlags(terminated: number, truncated: number): void {
    this.#batch.terminated[this.#copy] = terminated;
    this.#batch.truncated[this.#copy] = truncated;
  }

  #place(): Place {
    return { id: this.#facts.spec.id, copy: this.#number, step: this.#steps };
  }

  /** @throws InvalidInputError when the environment saves what a file would lose */
  save(): v.InferOutput<typeof savedSchema> {
    const { spec } = this.#facts;
    const agents = spec.agents.length;
    const row = (from: Float32Array | Uint8Array, size: number) => [
      ...from.subarray(this.#copy * size, (this.#copy + 1) * size),
    ];
    const state: unknown = this.#environment.saveState?.();
    requireSavedState(state, this.#place());
    return {
      state: structuredClone(state),
      random: [...this.#random.saveState()],
      episode: this.#episode,
      steps: this.#steps,
      live: [...this.#live],
      returns: [...this.#returns],
      observations: row(this.#batch.observations, agents * spec.observationSize),
      mask: row(this.#batch.mask, agents * spec.maskSize),
      central: row(this.#batch.state, spec.stateSize),
    };
  }

  load(value: unknown): void {
    const { spec } = this.#facts;
    const agents = spec.agents.length;
    const saved = validate(savedSchema, value, `saved copy of ${spec.id}`);
    this.#environment.loadState?.(structuredClone(saved.state));
    this.#random.loadState(saved.random);
    this.#episode = saved.episode;
    this.#steps = saved.steps;
    this.#live = saved.live;
    this.#returns.set(saved.returns);
    this.#batch.observations.set(saved.observations, this.#copy * agents * spec.observationSize);
    this.#writer.writeAlive(saved.live);
    this.#batch.mask.set(saved.mask, this.#copy * agents * spec.maskSize);
    this.#batch.state.set(saved.central, this.#copy * spec.stateSize);
    this.#setFlags(0, 0);
  }
}
