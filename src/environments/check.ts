/**
 * Checks a user-written environment against the contract by playing it: shapes and ranges, who is alive,
 * numbers that are not finite, reused buffers, repeatability under a seed, saving and loading in mid-episode.
 * The ideas are those of PettingZoo's parallel API and seed tests (Terry et al. 2021).
 */
import * as v from "valibot";
import { Random } from "../tensor/random.ts";
import { validate } from "../validation/validate.ts";
import { CheckPlayer } from "./check-player.ts";
import { difference, type Snapshot } from "./check-snapshot.ts";
import { complain, type Place, requireEnvironment } from "./contract.ts";
import type { ParallelEnv, PerAgent } from "./environment.ts";
import { readParallelSpec } from "./parallel-spec.ts";
import { requireSavedState } from "./saved-state.ts";

const optionsSchema = v.strictObject({
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1000),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  longestEpisode: v.optional(v.pipe(v.number(), v.minValue(1)), Number.POSITIVE_INFINITY),
  id: v.optional(v.string(), "environment"),
  masked: v.optional(v.boolean()),
  stateSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

export interface CheckOptions {
  /** Steps to play with random actions, over as many episodes as they make. @defaultValue 1000 */
  readonly steps?: number;
  /** @defaultValue 0 */
  readonly seed?: number;
  /** An episode of more steps is a fault. @defaultValue Infinity */
  readonly longestEpisode?: number;
  /** Names the environment in the message. @defaultValue "environment" */
  readonly id?: string;
  /** As you will pass it to a model. @defaultValue whether there is `actionMask`, or the first infos have masks */
  readonly masked?: boolean;
  /** As you will pass it to a model. @defaultValue that of `stateSpace` */
  readonly stateSize?: number;
}

const finite = v.pipe(v.number(), v.finite());
const drawingSchema = v.object({
  view: v.strictTuple([finite, finite, finite, finite]),
  shapes: v.array(
    v.nullable(
      v.variant("kind", [
        v.object({ kind: v.literal("circle"), x: finite, y: finite, radius: finite, color: v.string() }),
        v.object({
          kind: v.literal("line"),
          points: v.array(v.strictTuple([finite, finite])),
          color: v.string(),
        }),
      ]),
    ),
  ),
});

/** Steps that are played twice to compare them. */
const REPEATED = 200;
/** Steps before a state is saved, and after. */
const BEFORE_SAVE = 3;
const AFTER_SAVE = 20;

/**
 * Resolves when nothing is wrong. The environment is reset several times and left in mid-episode.
 * @throws InvalidInputError or NonFiniteError at the first fault, one line that names step, agent and field
 */
export async function checkEnvironment(environment: ParallelEnv, options: CheckOptions = {}): Promise<void> {
  const { steps, seed, longestEpisode, ...about } = validate(
    optionsSchema,
    options,
    "options of checkEnvironment",
  );
  const { id, masked } = about;
  requirePairs(requireEnvironment(environment, "checkEnvironment got", { id }), { id });
  const player = new CheckPlayer(environment, readParallelSpec(environment, about), {
    longestEpisode,
    masked,
  });
  const first = await play(player, steps, seed);
  const second = await play(player, Math.min(steps, REPEATED), seed);
  compare(id, first, second, "with the same seed and actions");
  await player.reset();
  if (environment.draw) validate(drawingSchema, environment.draw(), `${id}: draw()`);
  if (environment.saveState) await checkSaving(player, { id, seed });
}

function requirePairs(environment: ParallelEnv, place: Place): void {
  if (environment.saveState && !environment.loadState)
    complain(place, "it has saveState but no loadState; write both");
  if (environment.loadState && !environment.saveState)
    complain(place, "it has loadState but no saveState; write both");
}

/** What is shown by `steps` random steps; the same seed makes the same choices. */
async function play(player: CheckPlayer, steps: number, seed: number): Promise<Snapshot[]> {
  const random = Random.fromSeed(seed).derive("check");
  const shown: Snapshot[] = [];
  for (let step = 0; step < steps; step++) {
    if (step === 0 || player.live.length === 0) shown.push(await player.reset(random.u32()));
    shown.push(await player.step(player.actions(random)));
  }
  return shown;
}

function compare(id: string, first: readonly Snapshot[], second: readonly Snapshot[], when: string): void {
  for (const [i, snapshot] of second.entries()) {
    const found = difference(first[i], snapshot);
    if (found !== undefined) complain({ id, step: snapshot.step }, `${when}, ${found}`);
  }
}

/** Saves early in an episode, goes on, loads, and goes on in the same way. */
async function checkSaving(
  player: CheckPlayer,
  { id, seed }: { readonly id: string; readonly seed: number },
) {
  const { environment } = player;
  const random = Random.fromSeed(seed).derive("save");
  await player.reset(seed);
  for (let step = 0; step < BEFORE_SAVE && player.live.length > 0; step++)
    await player.step(player.actions(random));
  if (player.live.length === 0) await player.reset(seed);
  const { live, steps, place } = player;
  const saved = environment.saveState?.();
  requireSavedState(saved, place);
  const text = JSON.stringify(saved);
  const actions: PerAgent<unknown>[] = [];
  const first: Snapshot[] = [];
  while (first.length < AFTER_SAVE && player.live.length > 0) {
    actions.push(player.actions(random));
    first.push(await player.step(actions[actions.length - 1]));
  }
  if (JSON.stringify(saved) !== text)
    complain(place, "what saveState() returned changed at later steps; return a copy");
  environment.loadState?.(JSON.parse(text));
  player.rewind({ live, steps });
  const second: Snapshot[] = [];
  for (const choice of actions) second.push(await player.step(choice));
  compare(id, first, second, "after loadState() and the same actions");
}
