/** One copy of an MPE task as plain JSON, from which any step can be replayed. */
import * as v from "valibot";
import { validate } from "../../validation/validate.ts";
import { type Point, pointsSchema, readPoints, writePoints } from "../particle/points.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeTask } from "./task.ts";

export interface MpeState {
  /** [agents] each. */
  readonly positions: readonly Point[];
  readonly velocities: readonly Point[];
  readonly landmarks: readonly Point[];
  /** [agents that talk, words]: what they said last. @defaultValue zeros: nothing yet */
  readonly utterances?: readonly (readonly number[])[];
  /** What the episode keeps secret. @defaultValue [], for tasks without secrets */
  readonly goals?: readonly number[];
}

export function saveMpeState(scene: MpeScene, task: MpeTask, copy: number): Required<MpeState> {
  const { world, agents, landmarks, goals, utterances, words } = scene;
  const secrets = task.goals?.length ?? 0;
  scene.focus(copy);
  return {
    positions: readPoints(world.positions, scene.index(0), agents),
    velocities: readPoints(world.velocities, scene.index(0), agents),
    landmarks: readPoints(world.positions, scene.index(agents), landmarks),
    utterances: talkers(task).map((agent) => {
      const first = scene.utteranceIndex(agent);
      return [...utterances.subarray(first, first + words)];
    }),
    goals: [...goals.subarray(copy * secrets, (copy + 1) * secrets)],
  };
}

/** @throws InvalidInputError naming all that is wrong */
export function loadMpeState(scene: MpeScene, task: MpeTask, copy: number, state: unknown): void {
  const { positions, velocities, landmarks, utterances, goals } = validate(
    stateSchema(task),
    state,
    `state of ${task.id}`,
  );
  const { world } = scene;
  scene.focus(copy);
  writePoints(positions, world.positions, scene.index(0));
  writePoints(velocities, world.velocities, scene.index(0));
  writePoints(landmarks, world.positions, scene.index(scene.agents));
  for (const [k, agent] of talkers(task).entries())
    scene.utterances.set(utterances[k], scene.utteranceIndex(agent));
  scene.goals.set(goals, copy * goals.length);
}

/** Numbers of the agents that talk. */
function talkers({ agents }: MpeTask): number[] {
  return agents.flatMap(({ talks = false }, agent) => (talks ? [agent] : []));
}

function stateSchema(task: MpeTask) {
  const { agents, landmarks, words = 0, goals = [] } = task;
  const speaking = talkers(task).length;
  const spoken = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
  const utterance = v.pipe(v.array(spoken), v.length(words));
  const silence = Array.from({ length: speaking }, () => new Array<number>(words).fill(0));
  const goal = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Math.max(0, ...goals) - 1));
  return v.strictObject({
    positions: pointsSchema(agents.length),
    velocities: pointsSchema(agents.length),
    landmarks: pointsSchema(landmarks.length),
    utterances: v.optional(v.pipe(v.array(utterance), v.length(speaking)), silence),
    goals: v.optional(v.pipe(v.array(goal), v.length(goals.length)), []),
  });
}
