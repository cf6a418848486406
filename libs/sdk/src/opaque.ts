/** Longest text that is looked into: a key of DynamoDB's longest, and what stands beside it. Characters. */
const MAX_LENGTH = 8_192;

/** A list of texts as one word that may stand in a URL. Hides nothing: it only tells nobody to look inside. */
export const toOpaque = (texts: readonly string[]): string =>
  Buffer.from(JSON.stringify(texts), 'utf8').toString('base64url');

/** The list, or undefined for anything `toOpaque` did not make. */
export function fromOpaque(opaque: string): readonly string[] | undefined {
  if (opaque.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(opaque)) return undefined;
  const texts = parsed(Buffer.from(opaque, 'base64url').toString('utf8'));
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) return undefined;
  return toOpaque(texts) === opaque ? texts : undefined; // one spelling only
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
