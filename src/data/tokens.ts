// Tokens of a line as a text.

/** Whether each token of a vocabulary is one character. */
const areCharacters = (vocabulary: readonly string[]): boolean =>
  vocabulary.every((token) => [...token].length === 1);

/**
 * Tokens as a text: behind each other where each is one character, else with blanks between them.
 *
 * @example
 * joinTokens(["4", "2"], ["0", "2", "4"]); // "42"
 * joinTokens(["clef-G2", "note-C4"], ["clef-G2", "note-C4"]); // "clef-G2 note-C4"
 */
export const joinTokens = (tokens: readonly string[], vocabulary: readonly string[]): string =>
  tokens.join(areCharacters(vocabulary) ? "" : " ");
