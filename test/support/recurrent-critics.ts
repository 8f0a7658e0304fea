/** Critics that remember, on a world in which what pays was seen at the start of the episode. */
import { vectorise } from "../../src/environments/vectorise.ts";
import { taskShape } from "../../src/training/learner.ts";
import { makeFamily } from "./family.ts";
import { recallWorld } from "./recall-world.ts";

export const task = taskShape(vectorise(recallWorld(), { copies: 1 }).spec);
/** 10 steps a copy in chunks of 5, episodes of 4: ends within chunks, chunks within episodes, batches within both. */
export const options = {
  recurrentCritics: true,
  chunkLength: 5,
  stepsPerIteration: 30,
  environmentCopies: 3,
  hiddenSizes: [6],
  inputNorm: false,
  valueNorm: "none",
  critic: "local",
  criticSharing: "separate",
};

export const settings = makeFamily("mappo", options, { task }).settings;
