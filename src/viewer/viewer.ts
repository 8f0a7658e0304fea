/** Replays of recorded episodes, for pages and files: what `marlstone/viewer` offers. */
export type { Episode } from "./episode.ts";
export type { ReplayOptions } from "./replay-options.ts";
export { replayPage } from "./replay-page.ts";
export { replaySvg } from "./replay-svg.ts";
