/**
 * Consensus on log-ratios by asynchronous ADMM over links (Li & He 2020, algorithm 1; Wei & Ozdaglar 2013), in the
 * two-array form: with equal multipliers at both ends of a link e = (i, j),
 *   v_q    = a_q − Σₑ C_q pₑ + ρ Σₑ meanₑ                  what agent q now wants its log-ratios to be, times ρ·degree
 *   ℓ_q    = J_q x_q,  x_q = θ-step for v_q                 its answer
 *   meanₑ ← ½(ℓ_i + ℓ_j),  pₑ ← pₑ + (ρ/2)(ℓ_i − ℓ_j)      after both have answered
 * Each end keeps its own meanₑ and pₑ; they are equal to the bit, so only ℓ travels. docs/math/matrpo.md, section 3.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { Stopwatch } from "../../profiling/stopwatch.ts";
import { InvalidInputError, NonFiniteError, within } from "../../validation/errors.ts";
import type { LagrangianTerms, LinkTerm } from "../trust-region/lagrangian.ts";
import type { ThetaSolver } from "../trust-region/theta-step.ts";
import type { Link } from "./link.ts";
import type { LinkPair } from "./topology.ts";

/** What an agent keeps of one of its links during a policy iteration; arrays are [components]. */
export interface LinkMemory extends LinkTerm {
  readonly link: Link;
  /** What the neighbour sent last. */
  readonly other: Pointer;
}

/** An agent's Lagrangian with all that it keeps of its links. */
export interface ConsensusTerms extends LagrangianTerms {
  readonly links: readonly LinkMemory[];
}

/** One agent's part in the consensus of one policy iteration. */
export class ConsensusMember {
  readonly name: string;
  /** ℓ of the last answer, [components]; 0 before the first. */
  readonly logRatio: Pointer;
  readonly #arena: Arena;
  readonly #terms: ConsensusTerms;
  readonly #solver: ThetaSolver;
  readonly #target: Pointer;

  constructor(arena: Arena, name: string, terms: ConsensusTerms, solver: ThetaSolver) {
    this.name = name;
    this.#arena = arena;
    this.#terms = terms;
    this.#solver = solver;
    this.#target = arena.allocateF32(terms.components);
    this.logRatio = arena.allocateF32(terms.components);
    arena.kernels.fillF32(0, this.logRatio, terms.components);
  }

  /** This agent's ends of its links. */
  get links(): readonly LinkMemory[] {
    return this.#terms.links;
  }

  /** Answers the present wishes of all neighbours: a new step and its log-ratios. */
  solve(): void {
    const { kernels } = this.#arena;
    const { advantages, links, penalty, components } = this.#terms;
    kernels.scaleF32(1, advantages, this.#target, components);
    for (const { mean, dual, sign } of links) {
      kernels.linkTargetF32(this.#target, mean, dual, sign, penalty, components);
    }
    within(`consensus: ${this.name}`, () =>
      this.#solver.solve(this.#target, penalty * links.length, this.logRatio),
    );
  }

  send(link: number): void {
    const values = this.#arena.read(this.logRatio, this.#terms.components);
    this.#terms.links[link].link.send({ kind: "log-ratio", values });
  }

  /** Takes the neighbour's answer and updates this end's mean and multiplier. */
  receive(link: number): void {
    const { components, penalty } = this.#terms;
    const { mean, dual, sign, other } = this.#take(link);
    this.#arena.kernels.linkUpdateF32(this.logRatio, other, mean, dual, sign, penalty, components);
  }

  /** Mean square disagreement with the log-ratios that the neighbour sent last. */
  disagreement(link: number): number {
    const { components } = this.#terms;
    const { other } = this.#take(link);
    const { kernels } = this.#arena;
    kernels.subtractF32(this.logRatio, other, other, components);
    return kernels.dotF32(other, other, components) / components;
  }

  #take(link: number): LinkMemory {
    const { components, links } = this.#terms;
    const memory = links[link];
    const { values } = memory.link.receive("log-ratio");
    if (values.length !== components) {
      throw new InvalidInputError(
        `consensus: ${this.name} received ${values.length} log-ratios, expected ${components}; ` +
          "both ends need the same stepsPerIteration, heads and consensus option",
      );
    }
    this.#arena.f32(memory.other, components).set(values);
    if (this.#arena.kernels.allFiniteF32(memory.other, components) === 0) {
      throw new NonFiniteError(`consensus: ${this.name} received log-ratios that are not finite`);
    }
    return memory;
  }
}

/** Memory for one end of a link. @param dual the first multiplier (0; the official code uses 1). */
export function rememberLink(
  arena: Arena,
  link: Link,
  sign: 1 | -1,
  components: number,
  dual: number,
): LinkMemory {
  const memory: LinkMemory = {
    link,
    sign,
    mean: arena.allocateF32(components),
    dual: arena.allocateF32(components),
    other: arena.allocateF32(components),
  };
  arena.kernels.fillF32(0, memory.mean, components);
  arena.kernels.fillF32(dual, memory.dual, components);
  return memory;
}

/** A link in terms of its members: which agents, and which of their links it is. */
export interface MemberLink {
  readonly agents: LinkPair;
  readonly ends: readonly [number, number];
}

/** For every link of the graph, its place in both agents' lists (agents list their links in the graph's order). */
export function memberLinks(links: readonly LinkPair[]): MemberLink[] {
  const counts = new Map<number, number>();
  const next = (agent: number) => {
    const place = counts.get(agent) ?? 0;
    counts.set(agent, place + 1);
    return place;
  };
  return links.map((agents) => ({ agents, ends: [next(agents[0]), next(agents[1])] }));
}

/** Activates one link: both ends answer, then hear each other. */
export function activate(
  members: readonly ConsensusMember[],
  { agents, ends }: MemberLink,
  stopwatch = new Stopwatch(),
): void {
  stopwatch.measure("solves", () => {
    for (const agent of agents) members[agent].solve();
  });
  stopwatch.measure("exchange", () => {
    for (const [side, agent] of agents.entries()) members[agent].send(ends[side]);
    for (const [side, agent] of agents.entries()) members[agent].receive(ends[side]);
  });
}

/** Root mean square over links and components of ℓ_i − ℓ_j, by one closing exchange over every link. */
export function consensusResidual(members: readonly ConsensusMember[], links: readonly MemberLink[]): number {
  if (links.length === 0) return 0;
  for (const { agents, ends } of links) {
    for (const [side, agent] of agents.entries()) members[agent].send(ends[side]);
  }
  let sum = 0;
  for (const { agents, ends } of links) {
    for (const [side, agent] of agents.entries()) sum += members[agent].disagreement(ends[side]);
  }
  return Math.sqrt(sum / (2 * links.length));
}
