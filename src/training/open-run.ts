/** A model out of a run of the command line: its checkpoint says which algorithm and which built-in environment. */
import * as v from "valibot";
import { algorithms } from "../algorithms/registry.ts";
import { environments } from "../environments/registry.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { givenOptions } from "../validation/given-options.ts";
import { requireKnownKeys } from "../validation/known-keys.ts";
import { Model, type ModelOptions } from "./model.ts";
import { openSaved, readSaved, type SavedSource } from "./open-saved.ts";
import { find } from "./run-config.ts";

const settingsSchema = v.object({
  environment: v.string(),
  environmentOptions: v.record(v.string(), v.unknown()),
});

/**
 * The model of a run, to act, evaluate or learn on.
 * @param from the directory of the run, whose last checkpoint is opened, one of its checkpoints (Node), or the bytes of one
 * @throws InvalidInputError when it is not of a run or for an unknown option, CheckpointError when it is damaged or of
 *   another version
 * @example
 * const model = await openRun("runs/team");
 * const best = await openRun("runs/team/checkpoint-best.safetensors");
 */
export async function openRun(
  from: SavedSource,
  options: Pick<ModelOptions, "threads"> = {},
): Promise<Model> {
  requireKnownKeys(options, ["threads"], "options of openRun");
  const saved = await readSaved(from);
  const settings = v.safeParse(settingsSchema, saved.checkpoint.settings);
  if (!settings.success) {
    throw new InvalidInputError(
      `${saved.name} is a model's, which does not say how its environment is made; ` +
        "open it with its class: await Mappo.open(environment, file).",
    );
  }
  const { environment, environmentOptions } = settings.output;
  const source = find(environments, environment, "environment").load(environmentOptions);
  const entry = find(algorithms, saved.checkpoint.algorithm, "algorithm");
  return openSaved(saved, (all) => new Model(entry, source, all), givenOptions(options));
}
