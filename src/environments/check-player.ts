/** Plays a user-written environment and checks all that it shows, as strictly as the contract allows. */
import type { Random } from "../tensor/random.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { copyObservation, type Snapshot } from "./check-snapshot.ts";
import {
  complain,
  complainOfMask,
  type Place,
  requireAgents,
  requireFlags,
  requireInfos,
  requireMask,
  requireObservation,
  requireRecord,
  requireReply,
  requireReward,
  requireState,
} from "./contract.ts";
import type { Info, MaybePromise, ParallelEnv, PerAgent } from "./environment.ts";
import { infosHaveMasks, maskOf } from "./parallel-masks.ts";
import type { ParallelSpec } from "./parallel-spec.ts";
import { sample } from "./space-values.ts";
import type { Space } from "./spaces.ts";

export interface PlayerOptions {
  /** An episode longer than this counts as one that never ends. */
  readonly longestEpisode: number;
  /** Whether there are masks; undefined when the first reset shows it. */
  readonly masked: boolean | undefined;
}

interface AgentSpaces {
  readonly observation: Space;
  readonly action: Space;
  /** The contents when first seen. */
  readonly text: string;
}

type Seen = Pick<Snapshot, "observations" | "masks" | "state">;

interface Reply {
  readonly observations: PerAgent<unknown>;
  readonly infos?: PerAgent<Info>;
}

export class CheckPlayer {
  readonly environment: ParallelEnv;
  /** Agents that act at the next step; none when the episode is over. */
  live: readonly string[] = [];
  /** Steps of the episode so far. */
  steps = 0;
  readonly #options: PlayerOptions;
  readonly #spaces: ReadonlyMap<string, AgentSpaces>;
  /** The last observations, as given and as copied. */
  #shown: PerAgent<unknown> = {};
  #copies: Seen["observations"] = {};
  #masks: Seen["masks"] = {};
  readonly #facts: ParallelSpec;
  #masked: boolean | undefined;

  constructor(environment: ParallelEnv, facts: ParallelSpec, options: PlayerOptions) {
    this.environment = environment;
    this.#facts = facts;
    this.#options = options;
    this.#masked = options.masked;
    this.#spaces = new Map(
      environment.possibleAgents.map((agent) => [agent, readSpaces(environment, agent)]),
    );
  }

  get place(): Place {
    return { id: this.#facts.spec.id, step: this.steps };
  }

  async reset(seed?: number): Promise<Snapshot> {
    this.steps = 0;
    const options = seed === undefined ? undefined : { seed };
    const reply = requireReply(
      await this.#call("reset", () => this.environment.reset(options)),
      "reset",
      this.place,
    );
    const agents = requireAgents(this.environment.agents, "agents", this.place);
    if (agents.length === 0)
      complain(this.place, "agents is empty; at least one agent must act in a new episode");
    const stranger = agents.find((agent) => !this.#spaces.has(agent));
    if (stranger !== undefined)
      complain(this.place, `agents holds ${stranger}, which is not in possibleAgents`);
    this.live = [...agents];
    this.#masked ??= this.#facts.spec.maskSize > 0 || infosHaveMasks(reply.infos);
    const seen = this.#see(reply, this.live, this.live);
    return { step: 0, agents: this.live, ...seen, rewards: {}, terminations: {}, truncations: {} };
  }

  /** Random legal actions of all live agents. */
  actions(random: Random): PerAgent<unknown> {
    const draw = (agent: string) =>
      sample((this.#spaces.get(agent) as AgentSpaces).action, random, this.#masks[agent]);
    return Object.fromEntries(this.live.map((agent) => [agent, draw(agent)]));
  }

  async step(actions: PerAgent<unknown>): Promise<Snapshot> {
    this.steps++;
    const { place } = this;
    const acted = this.live;
    const reply = requireReply(await this.#call("step", () => this.environment.step(actions)), "step", place);
    this.#requireUntouched();
    const { live, unfinished } = requireFlags(reply, acted, place);
    const rewards = requireRecord<number>(reply.rewards, "rewards", acted, place);
    for (const agent of acted) requireReward(rewards[agent], agent, place);
    this.#requireAgents(acted, live);
    this.live = live;
    // After a truncation it counts what would have been legal.
    const seen = this.#see(reply, acted, live.length > 0 ? live : unfinished);
    if (live.length > 0 && this.steps >= this.#options.longestEpisode) {
      complain(place, `agent ${live[0]} has neither termination nor truncation; an episode must end by then`);
    }
    return {
      step: this.steps,
      agents: live,
      ...seen,
      rewards: { ...rewards },
      terminations: { ...reply.terminations },
      truncations: { ...reply.truncations },
    };
  }

  /** Goes back to a moment that `loadState` has restored. */
  rewind(moment: { readonly live: readonly string[]; readonly steps: number }): void {
    this.live = moment.live;
    this.steps = moment.steps;
    this.#shown = {};
    this.#requireAgents(moment.live, moment.live);
  }

  async #call<T>(method: "reset" | "step", body: () => MaybePromise<T>): Promise<T> {
    try {
      return await body();
    } catch (cause) {
      const { id, step } = this.place;
      const moment = step === 0 ? "" : ` at step ${step}`;
      throw new InvalidInputError(`${id}: ${method}() threw${moment}: ${cause}`, { cause });
    }
  }

  /** Checks and copies what the agents see, with masks, infos, spaces and central state. */
  #see(reply: Reply, acted: readonly string[], choosing: readonly string[]): Seen {
    const { place } = this;
    const given = requireRecord<unknown>(reply.observations, "observations", acted, place);
    const infos = requireInfos(reply.infos, acted, place);
    for (const agent of acted) {
      requireObservation(this.#spacesOf(agent).observation, given[agent], agent, place, true);
    }
    this.#masks = Object.fromEntries(choosing.flatMap((agent) => this.#mask(agent, infos)));
    this.#shown = given;
    this.#copies = Object.fromEntries(acted.map((agent) => [agent, copyObservation(given[agent])]));
    return { observations: this.#copies, masks: this.#masks, state: this.#state() };
  }

  /** The agent's mask as an entry of a record, or nothing. */
  #mask(agent: string, infos: PerAgent<Info>): [string, readonly number[]][] {
    const { spec, ignoresMasks } = this.#facts;
    const mask = maskOf(this.environment, infos, agent);
    if (mask === undefined || ignoresMasks) return [];
    if (!this.#masked || spec.action === "continuous") complainOfMask(agent, spec.action, this.place);
    requireMask(this.#spacesOf(agent).action, mask, agent, this.place);
    return [[agent, Array.from(mask)]];
  }

  /** The spaces of an agent, the same objects with the same contents at every call. */
  #spacesOf(agent: string): AgentSpaces {
    const first = this.#spaces.get(agent) as AgentSpaces;
    const now = readSpaces(this.environment, agent);
    const moved = now.observation !== first.observation ? "observationSpace" : "actionSpace";
    if (now.observation !== first.observation || now.action !== first.action) {
      complain(
        this.place,
        `${moved} of agent ${agent} is another object than before; return the same one at every call`,
      );
    }
    if (now.text !== first.text)
      complain(this.place, `a space of agent ${agent} has changed; spaces must stay as they are`);
    return first;
  }

  #state(): readonly number[] {
    const { stateSpace } = this.#facts;
    if (!stateSpace) return [];
    const state: unknown = this.environment.state?.();
    requireState(stateSpace, state, this.place, true);
    return Array.from(state);
  }

  /** `agents` holds exactly those who go on; nobody who ended comes back. */
  #requireAgents(acted: readonly string[], live: readonly string[]): void {
    const agents = requireAgents(this.environment.agents, "agents", this.place);
    for (const agent of agents) {
      if (live.includes(agent)) continue;
      const why = acted.includes(agent)
        ? "which has just ended"
        : "which was not alive; nobody joins or comes back before a reset";
      complain(this.place, `agents holds ${agent}, ${why}`);
    }
    const missing = live.find((agent) => !agents.includes(agent));
    if (missing === undefined) return;
    complain(this.place, `agents lacks ${missing}, which has neither termination nor truncation`);
  }

  /** Observations once given must not change afterwards. */
  #requireUntouched(): void {
    for (const [agent, given] of Object.entries(this.#shown)) {
      const k = copyObservation(given).findIndex((value, i) => !Object.is(value, this.#copies[agent][i]));
      if (k < 0) continue;
      const change = `observation[${k}] of agent ${agent} changed after it was returned`;
      const before = formatValue(this.#copies[agent][k]);
      complain(
        this.place,
        `${change}, from ${before}; return a new array at every step instead of reusing one`,
      );
    }
  }
}

function readSpaces(environment: ParallelEnv, agent: string): AgentSpaces {
  const observation = environment.observationSpace(agent);
  const action = environment.actionSpace(agent);
  return { observation, action, text: JSON.stringify([observation, action]) };
}
