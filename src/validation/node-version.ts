/**
 * Which Node the package runs on: `process.getBuiltinModule` came with 20.16 and 22.3, `require` of ES modules with 20.19.
 * Imports nothing, so that it can be asked before anything is loaded that an older Node does not understand.
 */

/** The first minor version of a major one; later ones are all right, others are not. */
const FIRST: Readonly<Record<number, number>> = { 20: 19, 22: 3 };

/** Why the package does not run on a Node, undefined if it does. @param version such as "22.3.0" */
export function nodeProblem(version: string): string | undefined {
  const [major, minor] = version.split(".").map(Number);
  if (major > 22 || minor >= FIRST[major]) return undefined;
  const needed = "marlstone needs 20.19 or newer (not 21, and 22 from 22.3)";
  return `This is Node ${version}; ${needed}. Install another and try again.`;
}
