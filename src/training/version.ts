/** The package's version, written into every run; a test holds it equal to package.json. */
export const version = "0.1.0";

/**
 * Versions of a run that several made, in the order in which they came: "0.1.0, 0.2.0".
 * @param earlier such a text
 */
export const joinVersions = (earlier: string, later: string): string =>
  [...new Set([...listVersions(earlier), ...listVersions(later)])].join(SEPARATOR);

/** The versions in such a text. */
export const listVersions = (versions: string): string[] => versions.split(SEPARATOR);

const SEPARATOR = ", ";
