/**
 * What an iteration leaves on disk before the checkpoint: the best policy, the line of metrics, the events of
 * TensorBoard. The checkpoint is written after them, so that none of them can lack what it stands for.
 */
import { BestCheckpoint } from "./best-checkpoint.ts";
import type { Learner } from "./learner.ts";
import type { IterationMetrics } from "./metrics.ts";
import type { RunDirectory } from "./run-directory.ts";
import { TensorBoardWriter } from "./tensorboard.ts";

export class IterationLog {
  readonly #run: RunDirectory;
  readonly #learner: Learner;
  readonly #best: BestCheckpoint;
  readonly #board: TensorBoardWriter | undefined;

  private constructor(
    run: RunDirectory,
    learner: Learner,
    best: BestCheckpoint,
    board: TensorBoardWriter | undefined,
  ) {
    this.#run = run;
    this.#learner = learner;
    this.#best = best;
    this.#board = board;
  }

  /**
   * @param earlier iterations that are on disk; event files that begin only now get them too
   * @throws as `BestCheckpoint.open`
   */
  static async open(
    run: RunDirectory,
    learner: Learner,
    earlier: readonly IterationMetrics[],
  ): Promise<IterationLog> {
    const best = await BestCheckpoint.open(run);
    const { agents } = learner.environment.spec;
    const board = run.config.tensorboard ? new TensorBoardWriter(run.path, agents) : undefined;
    if (board && !(await board.hasBegun())) await board.add(...earlier);
    return new IterationLog(run, learner, best, board);
  }

  /** Writes the iteration that the learner has just done. */
  async append(line: IterationMetrics): Promise<void> {
    await this.#best.offer(this.#learner, line);
    await this.#run.appendMetrics(line);
    await this.#board?.add(line);
  }
}
