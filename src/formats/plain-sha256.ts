/** SHA-256 in JavaScript. A module of its own, so that a bundle carries this hash and none of its siblings. */
export { sha256 as plainSha256 } from "@noble/hashes/sha2.js";
