/**
 * Cooperative Treasure Collection once more (Li & He 2020), straight from its definition and in the authors' order:
 * physics, observations and rewards, then pick-ups, drops and respawns at once. One object a thing, sums spelt out.
 */
import type { AgentOrder } from "../../src/environments/particle/treasure/observations.ts";
import type { Treasure, TreasureState } from "../../src/environments/particle/treasure/saved-state.ts";
import { DIRECTIONS, minus, norm, stepTwin, type TwinBody, times, type Vector } from "./particle-twin.ts";

interface Hunter extends TwinBody {
  holds: number | null;
}
interface Bank extends TwinBody {
  readonly takes: number;
}
type Thing = { p: Vector; type: number; alive: boolean };

const apart = (a: { p: Vector }, b: { p: Vector }): number => norm(minus(a.p, b.p));
const count = <T>(list: readonly T[], test: (item: T) => boolean): number => list.filter(test).length;
const total = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0);

export class TreasureTwin {
  readonly hunters: Hunter[];
  readonly banks: Bank[];
  readonly treasures: Thing[];
  /** As seen in the last step, before anything was settled; one list an agent. */
  observations: number[][];
  readonly #respawn: () => Pick<Treasure, "position" | "type">;
  readonly #agentOrder: AgentOrder;

  /** @param state with nothing left to settle @param respawn where the next treasure comes back, and its type */
  constructor(
    state: TreasureState,
    respawn: () => Pick<Treasure, "position" | "type">,
    agentOrder: AgentOrder = "distance",
  ) {
    const { positions, velocities, holding, treasures } = structuredClone(state);
    const body = (i: number) => ({ p: positions[i] as Vector, v: velocities[i] as Vector, maxSpeed: 1 });
    this.hunters = holding.map((holds, i) => ({ ...body(i), radius: 0.05, mass: 1, holds }));
    this.banks = positions
      .slice(holding.length)
      .map((_, d) => ({ ...body(holding.length + d), radius: 0.075, mass: 2.25, takes: d }));
    this.treasures = treasures.map(({ position, type, alive }) => ({ p: position as Vector, type, alive }));
    this.#respawn = respawn;
    this.#agentOrder = agentOrder;
    this.observations = this.#agents().map((agent) => this.#observe(agent));
  }

  /** Returns the rewards. */
  step(actions: readonly number[]): number[] {
    const agents = this.#agents();
    stepTwin(
      agents,
      agents.map(({ mass }, i) => times(mass * 1.5 * 1.5, DIRECTIONS[actions[i]])),
    );
    this.observations = agents.map((agent) => this.#observe(agent));
    const rewards = [
      ...this.hunters.map((h) => -5 * count(this.hunters, (other) => other !== h && apart(h, other) < 0.1)),
      ...this.banks.map((bank) => this.#payBank(bank)),
    ];
    this.#settle();
    return rewards;
  }

  /** 5 for each live treasure and hunter with empty hands on it. */
  get collections(): number {
    const free = this.hunters.filter(({ holds }) => holds === null);
    return total(
      this.treasures.map((t) => (t.alive ? 5 * count(free, (h) => apart(h, t) < 0.05 + 0.025) : 0)),
    );
  }

  /** 5 for each hunter that holds the type of a bank and is there. */
  get deposits(): number {
    return total(
      this.banks.map(
        (d) => 5 * count(this.hunters, (h) => h.holds === d.takes && apart(d, h) < 0.05 + 0.075),
      ),
    );
  }

  #agents(): (Hunter | Bank)[] {
    return [...this.hunters, ...this.banks];
  }

  #payBank(bank: Bank): number {
    const customers = this.hunters.filter(({ holds }) => holds === bank.takes);
    const n = this.hunters.length;
    const ways = this.hunters.map((h) => minus(h.p, bank.p));
    const mean: Vector = [total(ways.map(([x]) => x)) / n, total(ways.map(([, y]) => y)) / n];
    const far = customers.length > 0 ? Math.min(...customers.map((h) => apart(h, bank))) : norm(mean);
    let reward = -0.1 * far + this.deposits;
    for (const hunter of this.hunters) {
      const wanted =
        hunter.holds === null ? this.treasures.filter((t) => t.alive) : [this.banks[hunter.holds]];
      if (wanted.length > 0) reward -= 0.1 * Math.min(...wanted.map((goal) => apart(hunter, goal)));
      reward += this.deposits + this.collections;
    }
    return reward;
  }

  #observe(agent: Hunter | Bank): number[] {
    const hot = (type: number | null) => this.banks.map(({ takes }) => Number(takes === type));
    const none = hot(null);
    const byDistance = <T extends { p: Vector }>(list: readonly T[]): T[] =>
      list
        .map((item, i) => ({ item, i, distance: apart(item, agent) }))
        .sort((a, b) => a.distance - b.distance || a.i - b.i)
        .map(({ item }) => item);
    const fellows = this.#agents().filter((other) => other !== agent);
    const others = this.#agentOrder === "number" ? fellows : byDistance(fellows);
    return [
      ...agent.p,
      ...agent.v,
      ...("holds" in agent ? hot(agent.holds) : []),
      ...others.flatMap((other) => [
        ...minus(other.p, agent.p),
        ...other.v,
        ...("takes" in other ? [...hot(other.takes), ...none] : [...none, ...hot(other.holds)]),
      ]),
      ...byDistance(this.treasures).flatMap((t) => [...minus(t.p, agent.p), ...hot(t.type)]),
    ];
  }

  #settle(): void {
    for (const treasure of this.treasures) {
      if (treasure.alive) {
        const taker = this.hunters.find((h) => h.holds === null && apart(h, treasure) < 0.05 + 0.025);
        if (!taker) continue;
        taker.holds = treasure.type;
        treasure.alive = false;
        treasure.p = [0, 0];
      } else {
        const { position, type } = this.#respawn();
        Object.assign(treasure, { p: [...position], type, alive: true });
      }
    }
    for (const hunter of this.hunters) {
      if (hunter.holds !== null && apart(hunter, this.banks[hunter.holds]) < 0.05 + 0.075)
        hunter.holds = null;
    }
  }
}
