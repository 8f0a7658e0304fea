/** The learning curve of one run as a picture on disk. The drawing libraries are loaded only when needed. */
import { formatSteps } from "../viewer/step-axis.ts";
import { describeEnvironment, describeRun } from "./describe-run.ts";
import type { IterationMetrics } from "./metrics.ts";
import type { RunDirectory } from "./run-directory.ts";

/** Draws `curve.svg`. */
export async function writeCurve(run: RunDirectory, metrics: readonly IterationMetrics[]): Promise<void> {
  const { learningCurve } = await import("../viewer/learning-curve.ts");
  const { renderSvg } = await import("../viewer/svg-document.ts");
  const { config, known } = run;
  const curve = { label: describeRun(config, known), returns: metrics.map(({ meanReturn }) => meanReturn) };
  const evaluations = metrics.flatMap(({ iteration, evaluation }) =>
    evaluation ? [{ iteration, ...evaluation }] : [],
  );
  const facts = [
    curve.label,
    `seed ${config.seed}`,
    `${formatSteps(config.options.stepsPerIteration)} steps an iteration`,
    "line: mean of the last 5",
    ...(evaluations.length > 0 ? [`evaluations: ${config.evaluateEpisodes} episodes ± standard error`] : []),
  ];
  const options = { title: describeEnvironment(config, known), subtitle: facts.join(" · "), evaluations };
  await run.writeCurve(await renderSvg((document) => learningCurve(document, [curve], options)));
}
