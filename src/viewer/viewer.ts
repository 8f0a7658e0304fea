/** Replays of recorded episodes, for pages and files: what `marlstone/viewer` offers. */
export type { Episode } from "./episode.ts";
export { replayPage } from "./replay-page.ts";
export { type ReplayOptions, replaySvg } from "./replay-svg.ts";
