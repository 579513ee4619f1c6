// The version of this package.

/** As in package.json, which a program that is bundled into one file has not beside it. */
export const version = "0.1.0";
