/** As many digits as every double of ordinary size gives back unchanged (C's `DBL_DIG`). */
const EXACT_DIGITS = 15;
const STRIDE = EXACT_DIGITS + 1;

const EXACT = /^-?[\d.]{1,15}$/;

/** True for the text of a number that reads back from a double with the same value. Cautious: false may be too strict. */
export const isExactNumber = (text: string): boolean => EXACT.test(text);

/**
 * How many numbers of a JSON text are not exact in the sense above; `Infinity` when one of them has an exponent.
 * May count too many, as it does not tell strings from what is between them, but never too few.
 */
export const countInexactNumbers = (text: string): number => (hasExponent(text) ? Infinity : countLongNumbers(text));

/**
 * Looks only at every 16th character: a run of 16 digits cannot hide between two of those. A run that covers one also
 * covers the character 8 before it or 8 behind it.
 */
function countLongNumbers(text: string): number {
  let count = 0;
  for (let at = EXACT_DIGITS; at < text.length; at += STRIDE) {
    if (!isDigitOrPoint(text, at)) continue;
    if (!isDigitOrPoint(text, at - 8) && !isDigitOrPoint(text, at + 8)) continue;
    const start = startOfRun(text, at);
    let end = at + 1;
    while (isDigitOrPoint(text, end)) end++;
    if (end - start > EXACT_DIGITS && isStartOfNumber(text, start)) count++;
    at = end - 1; // the next look is 16 behind the end: what lies between is too short
  }
  return count;
}

const EXPONENT = /\d[eE][-+\d]/g;

/** Strings such as UUIDs have many `4e2`; only what begins like a number counts. */
function hasExponent(text: string): boolean {
  EXPONENT.lastIndex = 0;
  while (EXPONENT.test(text)) {
    const exponentAt = EXPONENT.lastIndex - 2;
    if (isStartOfNumber(text, startOfRun(text, exponentAt - 1))) return true;
  }
  return false;
}

function startOfRun(text: string, at: number): number {
  let start = at;
  while (isDigitOrPoint(text, start - 1)) start--;
  return start;
}

/** 0 to 9 and the point; false outside of the text. */
function isDigitOrPoint(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 0x39 && code >= 0x2e && code !== 0x2f;
}

/** A number stands at the start of the text or behind one of `: , [` or white space, with or without a minus. */
function isStartOfNumber(text: string, at: number): boolean {
  const before = text[at - 1] === '-' ? text[at - 2] : text[at - 1];
  return before === undefined || ':,[ \n\r\t'.includes(before);
}
