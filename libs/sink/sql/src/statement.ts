/** A statement with its parameters as texts. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}
