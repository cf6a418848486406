/** A bench that is called with options and compares ours with others. */
export interface Bench<Options, Result> {
  readonly usage: string;
  /** @throws Error naming the option, its value and what is allowed */
  parse(): Options;
  run(options: Options): Promise<Result>;
  /** Markdown. */
  format(result: Result): string;
  /** What is wrong with ours. */
  faultsOf(result: Result): readonly string[];
}

/** Prints the figures. @returns the exit code: 1 when something of ours is wrong, 2 for wrong options */
export async function runBench<Options, Result>(bench: Bench<Options, Result>): Promise<number> {
  let options: Options;
  try {
    options = bench.parse();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${bench.usage}`);
    return 2;
  }
  const result = await bench.run(options);
  console.log(`\n${bench.format(result)}\n`);
  const faults = bench.faultsOf(result);
  for (const fault of faults) console.error(`failed     ${fault}`);
  return faults.length === 0 ? 0 : 1;
}
