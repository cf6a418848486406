/** What it takes to run one component as a process. */
import type { InstalledParts } from '../install/installed-parts.ts';
import type { ComponentName, Ports } from '../description.ts';
import type { LaunchCommand } from './launch.ts';
import type { SystemUser } from './system-user.ts';

export type ComponentContext = {
  readonly parts: InstalledParts;
  readonly ports: Ports;
  /** Of this component in this run; its parent exists, and `prepare` makes it where it is needed. */
  readonly dataDirectory: string;
  readonly logFile: string;
  /** Whom databases run as; undefined: as us. */
  readonly user: SystemUser | undefined;
};

export type NativeComponent = {
  readonly name: ComponentName;
  /** What a person calls it, where that differs from the description. */
  title?(context: ComponentContext): string;
  /** Before every start: puts fresh data in place, unless there is data already, and writes configuration files. */
  prepare(context: ComponentContext): Promise<void>;
  command(context: ComponentContext): LaunchCommand;
  /** Asks the component itself whether it can be used; may throw for "not yet". */
  isReady(context: ComponentContext): Promise<boolean>;
};

/** The environment of every child: ours is not inherited, so that nobody's AWS or Java settings leak into the stack. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '/usr/bin:/bin', HOME = '/' } = process.env;
  return { PATH, HOME, LANG: 'C.UTF-8', TZ: 'UTC', ...extra };
}
