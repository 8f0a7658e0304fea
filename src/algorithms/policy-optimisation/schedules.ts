/**
 * When which agents are updated: all in each minibatch (MAPPO, CoPPO), one after another (HAPPO, A2PO; Kuba et al. 2022,
 * Wang et al. 2023), or, where one agent's update changes others that share its parameters, block after block.
 */
import { adaptiveClip, outerClip, ratioProportionalClips } from "./clip-rules.ts";
import { type ClipPasses, clipPasses, productOf } from "./clip-step.ts";
import { orderAgents, pickNext } from "./order.ts";
import { joinRows } from "./rows.ts";
import type { ClipRange } from "./surrogate.ts";
import type { Member } from "./surrogate-samples.ts";
import { trustRegionStep } from "./trust-region-step.ts";
import type { Improvement } from "./update.ts";

/** Improves all policies. @returns the order of the agents, [] when there is none */
export function improve(improvement: Improvement): number[] {
  const { settings, team } = improvement;
  if (settings.step === "trust-region") return policyAfterPolicy(improvement);
  if (settings.schedule === "simultaneous") return simultaneous(improvement);
  const alone = team.policies.every(({ policy }) => policy.agents.length === 1);
  return alone ? oneAfterAnother(improvement) : blockAfterBlock(improvement);
}

function simultaneous(improvement: Improvement): number[] {
  const { arena, settings, team, statistics } = improvement;
  const agents = [...team.alive.keys()];
  const members = agents.map((agent) => member(improvement, agent, agents.length));
  const factor = settings.factor === "others" ? "others" : undefined;
  clipPasses(arena, team, members, factor, passes(improvement, settings.epochs), statistics);
  return [];
}

function oneAfterAnother(improvement: Improvement): number[] {
  const { arena, settings, team, advantages, statistics, random } = improvement;
  const remaining = [...team.alive.keys()];
  const order: number[] = [];
  /** Those before, who are frozen now: one pass over an agent costs that agent alone. */
  let preceding: Float64Array | undefined;
  let scores = advantages.scores();
  while (remaining.length > 0) {
    if (preceding && settings.corrected && settings.rescore) {
      for (const agent of remaining) advantages.correct(agent, preceding);
      scores = advantages.scores();
    }
    const choice = { rule: settings.order, firstPick: settings.firstPick };
    const agent = pickNext(choice, remaining, scores, order.length, random);
    remaining.splice(remaining.indexOf(agent), 1);
    order.push(agent);
    if (preceding) correct(improvement, [agent], preceding);
    const factor = settings.factor === "none" ? undefined : preceding;
    const members = [member(improvement, agent, order.length)];
    clipPasses(arena, team, members, factor, passes(improvement, settings.epochs), statistics);
    preceding = productOf([...(preceding ? [preceding] : []), team.ratios(agent)], team.rows);
  }
  return order;
}

function blockAfterBlock(improvement: Improvement): number[] {
  const { arena, settings, team, advantages, statistics, random } = improvement;
  const { blocks, cumulativeBlocks, corrected, rescore } = settings;
  const everybody = () => productOf(team.allRatios(), team.rows);
  const agents = [...team.alive.keys()];
  const parts = Math.min(blocks, agents.length);
  const epochs = Math.ceil(settings.epochs / parts);
  const factor = settings.factor === "none" ? undefined : "others";
  let order: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch > 0 && rescore && corrected) {
      const ratios = everybody();
      for (const agent of agents) advantages.correct(agent, ratios);
    }
    const choice = { rule: settings.order, firstPick: settings.firstPick };
    order = orderAgents(choice, advantages.scores(), random);
    for (let block = 0; block < parts; block++) {
      const start = cumulativeBlocks ? 0 : Math.floor((block * order.length) / parts);
      const those = order.slice(start, Math.floor(((block + 1) * order.length) / parts));
      if (epoch + block > 0) correct(improvement, those, everybody());
      const members = those.map((agent) => member(improvement, agent, order.indexOf(agent) + 1));
      clipPasses(arena, team, members, factor, passes(improvement, 1), statistics);
    }
  }
  return order;
}

/** Corrects advantages for those who have moved, if need be with values of critics that know of them. */
function correct(
  { settings, advantages, refresh }: Improvement,
  agents: readonly number[],
  ratios: Float64Array,
): void {
  if (!settings.corrected) return;
  for (const agent of agents) advantages.correct(agent, ratios);
  if (!refresh) return;
  refresh(agents);
  for (const agent of agents) advantages.correct(agent, ratios);
}

/** Trust-region steps; agents that share parameters take theirs together. Without factors their order means nothing. */
function policyAfterPolicy(improvement: Improvement): number[] {
  const { arena, settings, team, advantages, statistics, random } = improvement;
  const scores = advantages.scores();
  const policyScores = team.policies.map(({ policy: { agents } }) =>
    agents.reduce((sum, agent) => sum + scores[agent] / agents.length, 0),
  );
  const order = orderAgents({ rule: settings.order, firstPick: settings.firstPick }, policyScores, random);
  let preceding: Float64Array | undefined;
  for (const number of order) {
    const batch = team.policies[number];
    const { agents } = batch.policy;
    const weights = joinRows(
      agents.map((agent) => {
        const own = advantages.normalised(agent);
        return preceding && settings.factor !== "none" ? productOf([preceding, own], team.rows) : own;
      }),
    );
    const report = trustRegionStep(arena, batch, weights, settings);
    if (report.scale > 0) team.measure(arena, batch);
    for (const agent of agents) statistics.addTrustRegionStep(agent, report);
    const ratios = agents.map((agent) => team.ratios(agent));
    preceding = productOf([...(preceding ? [preceding] : []), ...ratios], team.rows);
  }
  return order.flatMap((number) => team.policies[number].policy.agents);
}

/** An agent with its advantages and its range. @param position in the order, from 1 */
function member(improvement: Improvement, agent: number, position: number): Member {
  return {
    agent,
    advantages: improvement.advantages.normalised(agent),
    range: clipRange(improvement, agent, position),
  };
}

function clipRange({ settings, team }: Improvement, agent: number, position: number): ClipRange {
  const { clip, clipRule, clipStart, placement } = settings;
  const inner = {
    constant: () => clip,
    adaptive: () => adaptiveClip(clip, position, team.alive.length, clipStart),
    "ratio-proportional": () => ratioProportionalClips(clip, team.allRatios())[agent],
  }[clipRule]();
  return { inner, outer: outerClip(settings.outerClip, inner), placement };
}

function passes({ settings, random, share }: Improvement, epochs: number): ClipPasses {
  const { minibatches, entropyCoefficient, maxGradientNorm, learningRate } = settings;
  const moving = {
    maxGradientNorm: maxGradientNorm === "none" ? Number.POSITIVE_INFINITY : maxGradientNorm,
    learningRate: share * learningRate,
  };
  return { epochs, minibatches, entropyCoefficient, moving, random };
}
