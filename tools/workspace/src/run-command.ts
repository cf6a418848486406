/**
 * Runs one Node program at a time per lane, keeping its output or letting it through, and ends it on request.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export interface CommandResult {
  /** -1 when the program was ended by a signal or never started. */
  readonly exitCode: number;
  /** Both streams in the order of arrival; empty when they were let through. */
  readonly output: string;
  readonly durationMs: number;
}

export interface CommandOptions {
  /** Lets the output through as it comes instead of keeping it. Default: false. */
  readonly isLive?: boolean;
  /** Called once after the start, with a way to end the program. */
  readonly onStart?: (end: () => void) => void;
}

/** How long a program that was told to end may take before it is killed. */
const endGraceMs = 5_000;

const running = new Set<ChildProcess>();

/** Runs Node with `args` in the current directory. Never rejects: a failed start is a failed command. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  const child = spawn(process.execPath, args, {
    env: commandEnvironment(),
    stdio: ['ignore', ...(options.isLive ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const))],
  });
  running.add(child);
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  options.onStart?.(() => endWithin(child, endGraceMs));
  return new Promise((resolve) => {
    const settle = (exitCode: number) => {
      running.delete(child);
      resolve({ exitCode, output: Buffer.concat(chunks).toString(), durationMs: performance.now() - startedAt });
    };
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      settle(-1);
    });
    child.on('close', (code) => settle(code ?? -1));
  });
}

/** Passes a signal on to what is running. A Ctrl-C at a terminal has reached it already. */
export function endRunningCommands(signal: 'SIGINT' | 'SIGTERM'): void {
  if (signal === 'SIGINT' && hasTerminal()) return;
  for (const child of running) child.kill(signal);
}

function endWithin(child: ChildProcess, graceMs: number): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('exit', () => clearTimeout(timer));
}

/**
 * The tests start hundreds of programs that live for seconds: what Node compiled is kept from start to start, and Java
 * optimises no code for a long life.
 */
const quickStarts = {
  NODE_COMPILE_CACHE: path.resolve('node_modules/.cache/hybridge-compile'),
  HYBRIDGE_JAVA_OPTIONS: '-XX:TieredStopAtLevel=1',
};

function commandEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _forced, NO_COLOR: _none, ...inherited } = process.env;
  const isColourful = process.stdout.isTTY && !process.env['CI'] && !process.env['NO_COLOR'];
  return {
    ...quickStarts,
    ...inherited,
    ...(isColourful ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    // Two lanes of jest that redraw their last lines on one terminal would wipe out each other's.
    TERM: 'dumb',
    PATH: [path.resolve('node_modules/.bin'), process.env['PATH']].join(path.delimiter),
  };
}

function hasTerminal(): boolean {
  return Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
}
