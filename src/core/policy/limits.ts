/**
 * Longest document CreatePolicy takes at all, white space included.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html (policyDocument: maximum length 404600).
 */
export const maxDocumentLength = 404_600;

/**
 * Longest document without white space.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html ("minimum length of 1, with a maximum
 * length of 2048, excluding whitespace").
 */
export const maxPolicyCharacters = 2048;

/** A policy nests seven levels at most; a parser that recurses must never see thousands of brackets. */
export const maxNesting = 64;

/** With more characters than this besides white space, 8 times what AWS takes, nothing but the size is told: the rest would only hold up the editor. */
export const maxReadCharacters = 16_384;

/** Refactorings compare each statement with each other, at every move of the cursor: they end at 8 times what AWS takes. */
export const maxRefactoredCharacters = 16_384;
