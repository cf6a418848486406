/** Shows progress to a person: bars on a terminal while fetching, one line for each thing that happened. */
import cliProgress from 'cli-progress';
import colors from 'picocolors';
import type { OnProgress, ProgressEvent } from './progress.ts';

export type ProgressView = {
  readonly onProgress: OnProgress;
  /** Takes the bars away; call it before printing anything else. */
  close(): void;
};

export type Output = { readonly isTTY?: boolean; write(text: string): unknown };

export function createProgressView(output: Output & NodeJS.WritableStream = process.stdout): ProgressView {
  const writeLine = (text: string): void => void output.write(`${text}\n`);
  return output.isTTY === true ? createBars(output, writeLine) : createLines(writeLine);
}

function createLines(writeLine: (text: string) => void): ProgressView {
  const announced = new Set<string>();
  const onProgress = (event: ProgressEvent): void => {
    if (event.kind !== 'install-progress') return writeLine(describe(event));
    if (announced.has(event.part)) return;
    announced.add(event.part);
    writeLine(`fetching   ${event.part} (${event.total} ${event.unit})`);
  };
  return { onProgress, close: () => {} };
}

function createBars(output: NodeJS.WritableStream, writeLine: (text: string) => void): ProgressView {
  let bars: cliProgress.MultiBar | undefined;
  const perPart = new Map<string, cliProgress.SingleBar>();
  const close = (): void => {
    bars?.stop();
    bars = undefined;
    perPart.clear();
  };
  const onProgress = (event: ProgressEvent): void => {
    if (event.kind === 'install-progress') {
      bars ??= createMultiBar(output);
      const bar = perPart.get(event.part) ?? bars.create(event.total, 0, { part: event.part, unit: event.unit });
      perPart.set(event.part, bar);
      bar.setTotal(event.total);
      bar.update(event.done);
      return;
    }
    if (event.kind === 'install-ready') {
      const bar = perPart.get(event.part);
      bar?.update(bar.getTotal());
      perPart.delete(event.part);
      if (perPart.size > 0) bars?.log(`${describe(event)}\n`);
      else {
        close();
        writeLine(describe(event));
      }
      return;
    }
    if (bars) bars.log(`${describe(event)}\n`);
    else writeLine(describe(event));
  };
  return { onProgress, close };
}

function createMultiBar(stream: NodeJS.WritableStream): cliProgress.MultiBar {
  return new cliProgress.MultiBar(
    {
      stream,
      format: 'fetching   {part} {bar} {value}/{total} {unit}',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
}

function describe(event: Exclude<ProgressEvent, { kind: 'install-progress' }>): string {
  switch (event.kind) {
    case 'install-ready':
      return `${colors.green('installed')}  ${event.part} ${seconds(event.ms)}`;
    case 'component-starting':
      return `starting   ${event.title}`;
    case 'component-ready':
      return `${colors.green('ready')}      ${event.title} ${seconds(event.ms)}`;
    case 'component-stopped':
      return `stopped    ${event.title} ${seconds(event.ms)}`;
    case 'notice':
      return `${colors.yellow('note')}       ${event.text}`;
  }
}

function seconds(ms: number): string {
  return colors.dim(`${(ms / 1000).toFixed(1)} s`);
}
