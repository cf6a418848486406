import { type Environment, shown } from './config.ts';

/** A source database, as far as settings name it. */
export interface NamedSource {
  readonly name: string;
  /** Decides which URLs it may have; of an unknown kind any. */
  readonly kind: string;
}

/** One URL for each source that has one, and what is wrong with the settings, for `parseConfig`. */
export interface SourceUrls {
  readonly urls: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

export interface SourceUrlOptions {
  /** Whether a source may go without; default false. */
  readonly optional?: boolean;
  /** What the URLs are of; default the source databases themselves. */
  readonly of?: 'databases' | 'others';
}

const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  postgres: ['postgres:', 'postgresql:'],
  mariadb: ['mariadb:', 'mysql:'],
  mysql: ['mysql:'],
};

/** `PROJECTOR_SQL_URL` of source `web-shop`: `PROJECTOR_SQL_URL_WEB_SHOP`. */
export const sourceSettingName = (name: string, source: string): string =>
  `${name}_${source.toUpperCase().replaceAll('-', '_')}`;

/**
 * Reads one URL a source: `<name>_<SOURCE>`, and for an installation of one source plain `<name>` as well.
 * @param name of the setting, such as `PROJECTOR_SQL_URL`
 */
export function readSourceUrls(
  name: string,
  sources: readonly NamedSource[],
  environment: Environment,
  options: SourceUrlOptions = {},
): SourceUrls {
  const urls = new Map<string, string>();
  const problems = [...strangers(name, sources, environment)];
  for (const source of sources) {
    const own = sourceSettingName(name, source.name);
    const setting = sources.length === 1 && environment[own] === undefined ? name : own;
    const value = environment[setting];
    const problem = value === undefined ? missing(setting, source, options) : unfit(setting, value, source, options);
    if (problem !== undefined) problems.push(problem);
    else if (value !== undefined) urls.set(source.name, value);
  }
  return { urls, problems };
}

/** Settings that name no source, or more than one could mean. */
function strangers(name: string, sources: readonly NamedSource[], environment: Environment): readonly string[] {
  const own = sources.map((source) => sourceSettingName(name, source.name));
  const unknown = Object.keys(environment).filter(
    (key) => environment[key] !== undefined && key.startsWith(`${name}_`) && !own.includes(key),
  );
  const all = `there ${sources.length === 1 ? 'is' : 'are'} ${sources.map((source) => source.name).join(', ')}`;
  const problems = unknown.map((key) => `${key} names a source that no definition knows; ${all}. Remove or rename it.`);
  if (environment[name] === undefined) return problems;
  if (sources.length > 1) return [...problems, `${name} is set, and says not of which source: set ${own.join(', ')}.`];
  const [only] = own;
  const isTwice = only !== undefined && environment[only] !== undefined;
  return isTwice ? [...problems, `${name} and ${only} are both set: remove one of them.`] : problems;
}

const missing = (setting: string, { name }: NamedSource, { optional = false }: SourceUrlOptions): string | undefined =>
  optional ? undefined : `${setting} is not set: expected the URL of source ${name}`;

function unfit(
  setting: string,
  value: string,
  { name, kind }: NamedSource,
  { of = 'databases' }: SourceUrlOptions,
): string | undefined {
  const told = `${setting} is "${shown(setting, value)}"`;
  if (!URL.canParse(value)) return `${told}: expected a URL`;
  const schemes = of === 'databases' ? (SCHEMES[kind] ?? []) : [];
  return schemes.length === 0 || schemes.includes(new URL(value).protocol)
    ? undefined
    : `${told}: source ${name} is of kind ${kind}, expected ${schemes.map((scheme) => `${scheme}//…`).join(' or ')}`;
}
