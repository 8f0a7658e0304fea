/** What a user should know of an iteration of MATRPO, and what to do about it. */
import type { SolverStatistics } from "../trust-region/theta-step.ts";
import type { MatrpoSettings } from "./options.ts";

/** @param relative consensus residual / √(2δ) */
export function disagreement(relative: number, { residualWarning, thetaStep }: MatrpoSettings): string[] {
  if (!(relative > residualWarning)) return [];
  const others = "larger cgDamping, smaller maxKl or more admmIterations";
  const remedies = thetaStep === "exact" ? others : `thetaStep "exact", ${others}`;
  return [
    `agents disagree: consensus residual ${relative.toFixed(2)} · √(2 maxKl) is above ` +
      `${residualWarning}. Try ${remedies}; docs/algorithms/matrpo.md explains.`,
  ];
}

/** Agents whose bases were full before their solves were as accurate as asked for. */
export function unsolved(
  names: readonly string[],
  statistics: readonly SolverStatistics[],
  { subspaceTolerance, subspaceLimit, solver }: MatrpoSettings,
): string[] {
  if (subspaceTolerance === null || solver !== "subspace") return [];
  return names.flatMap((name, i) => {
    const { residual } = statistics[i];
    if (residual <= subspaceTolerance) return [];
    return [
      `${name} solved to a residual of ${residual.toPrecision(2)} instead of ${subspaceTolerance}: its basis of ` +
        `${subspaceLimit} vectors was full. Try a larger subspaceLimit or subspaceTolerance.`,
    ];
  });
}

/** Agents that leave before the others. @param alive [agents] of [rows] */
export function absences(names: readonly string[], alive: readonly Uint8Array[]): string[] {
  return names.flatMap((name, i) => {
    const away = alive[i].reduce((sum, there) => sum + 1 - there, 0) / alive[i].length;
    if (away === 0) return [];
    return [
      `${name} is away in ${(100 * away).toPrecision(2)} % of the rows. Trust regions and the consensus count them as if it ` +
        "had acted there, so that it steps further where it acts; happo and hatrpo leave such rows out.",
    ];
  });
}
