/**
 * The policy with the best evaluation of a run so far, in a checkpoint of its own that carries its score. The
 * file is the only memory of what is best. One that a crash has left ahead of the last checkpoint stays: the
 * run learns its way there again, to the same bits and the same score.
 */
import { InvalidInputError } from "../validation/errors.ts";
import { encodeCheckpoint, type Score } from "./checkpoint.ts";
import { differences } from "./differences.ts";
import { type Learner, taskShape } from "./learner.ts";
import type { IterationMetrics } from "./metrics.ts";
import { evaluationSeed } from "./periodic-evaluation.ts";
import { learningSettings } from "./run-config.ts";
import type { RunDirectory } from "./run-directory.ts";

export class BestCheckpoint {
  readonly #run: RunDirectory;
  #score: Score | undefined;

  private constructor(run: RunDirectory, score: Score | undefined) {
    this.#run = run;
    this.#score = score;
  }

  /**
   * Looks for the best so far; changes nothing.
   * @throws CheckpointError when the file is damaged, InvalidInputError when the run now evaluates in another
   * way, so that scores could not be compared
   */
  static async open(run: RunDirectory): Promise<BestCheckpoint> {
    if (run.config.evaluateEvery === 0) return new BestCheckpoint(run, undefined);
    const checkpoint = await run.readCheckpoint("best");
    if (checkpoint?.score) requireSameEvaluation(checkpoint.score, run);
    return new BestCheckpoint(run, checkpoint?.score);
  }

  /** Keeps the learner's policy if the line holds an evaluation that beats all before. */
  async offer(learner: Learner, { evaluation }: IterationMetrics): Promise<void> {
    if (!evaluation || (this.#score && evaluation.return <= this.#score.return)) return;
    const { return: team, standardError } = evaluation;
    const score = { return: team, standardError, ...howEvaluated(this.#run) };
    const about = {
      algorithm: learner.algorithm.id,
      task: taskShape(learner.environment.spec),
      settings: learningSettings(this.#run.config),
      score,
    };
    await this.#run.writeCheckpoint(await encodeCheckpoint(learner.save(), about), "best");
    this.#score = score;
  }
}

type Manner = Pick<Score, "episodes" | "seed" | "deterministic">;

const howEvaluated = ({ config }: RunDirectory): Manner => ({
  episodes: config.evaluateEpisodes,
  seed: evaluationSeed(config.seed),
  deterministic: config.evaluateDeterministic,
});

function requireSameEvaluation({ episodes, seed, deterministic }: Score, run: RunDirectory): void {
  const saved = { evaluateEpisodes: episodes, seed, evaluateDeterministic: deterministic };
  const now = howEvaluated(run);
  const asked = { evaluateEpisodes: now.episodes, seed: now.seed, evaluateDeterministic: now.deterministic };
  const found = differences(saved, asked, "the best checkpoint", "what you ask for");
  if (found.length === 0) return;
  throw new InvalidInputError(
    `${run.path}: evaluations are compared with those before, so they must be alike: ${found.join("; ")}.`,
  );
}
