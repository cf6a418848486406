/** What `main.ts` is told by the environment. */
export interface SetupConfig {
  /** `INFRA_SQL_URL`: an administrator of the source database. */
  readonly url: string;
  /** `INFRA_SQL_SOURCE`: which source of the definitions it is; may be left out where there is one. */
  readonly source: string | undefined;
  /** `INFRA_SQL_DEMO`: also make the demo database of this size; default none. */
  readonly demo: 'default' | 'large' | undefined;
}

/** @throws Error naming every variable that does not fit */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): SetupConfig {
  const { INFRA_SQL_URL: url = '', INFRA_SQL_SOURCE: source, INFRA_SQL_DEMO: demo = '' } = environment;
  const problems = [
    ...(URL.canParse(url) ? [] : ['INFRA_SQL_URL must be a postgres:// or mariadb:// URL of an administrator']),
    ...(['', 'default', 'large'].includes(demo) ? [] : [`INFRA_SQL_DEMO is "${demo}": expected default or large`]),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    url,
    source: source === '' ? undefined : source,
    demo: demo === '' ? undefined : (demo as 'default' | 'large'),
  };
}
