/** Pictures of MPE tasks: landmarks under agents; beside a talker's name what it said last, word 0 as "a". */
import type { Drawing } from "../environment.ts";
import { colorOf, drawParticles } from "../particle/draw.ts";
import type { MpeState } from "./saved-state.ts";
import type { MpeTask } from "./task.ts";

export const GREY = "#7b8794";
export const DARK = "#333333";
const FIRST_LETTER = 97;

export function drawMpe(
  task: MpeTask,
  { positions, landmarks, utterances, goals }: Required<MpeState>,
): Drawing {
  const painted = task.paint?.(goals) ?? [];
  const speaking = task.agents.filter(({ talks = false }) => talks);
  return drawParticles([
    ...landmarks.map((at, l) => {
      const { radius, color = DARK, outline = false } = task.landmarks[l];
      return { at, radius, color: painted[positions.length + l] ?? color, outline };
    }),
    ...positions.map((at, i) => {
      const agent = task.agents[i];
      const said = utterances[speaking.indexOf(agent)] ?? [];
      const { radius, color = colorOf(i) } = agent;
      return { at, radius, color: painted[i] ?? color, label: `${shortName(agent.name)}${loudest(said)}` };
    }),
  ]);
}

/** "agent_1" → "1", "adversary_0" → "A0". */
function shortName(name: string): string {
  const [role, index] = name.split("_");
  return role === "agent" ? index : `${role[0].toUpperCase()}${index}`;
}

/** ": c" for the third word; nothing when nothing was said. */
function loudest(utterance: readonly number[]): string {
  const volume = Math.max(0, ...utterance);
  return volume === 0 ? "" : `: ${String.fromCharCode(FIRST_LETTER + utterance.indexOf(volume))}`;
}
