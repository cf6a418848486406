import { CliError } from '../errors.ts';

/** A database and the name of its source, where one was given. */
export interface SourceAddress {
  readonly name?: string;
  readonly url: string;
}

const NAMED = /^([a-z][a-z0-9-]{0,39})=(.+)$/s;

/** Reads `--sql-url`: an address, or `<source>=<address>` where there are several. @throws CliError */
export function sourceAddresses(texts: readonly string[]): readonly SourceAddress[] {
  const addresses = texts.map((text) => {
    const [, name, url] = NAMED.exec(text) ?? [];
    return name === undefined || url === undefined ? { url: text } : { name, url };
  });
  if (addresses.length === 0) {
    throw new CliError('The source database is not named: give --sql-url, or set HYBRIDGE_SQL_URL.');
  }
  if (addresses.length > 1 && addresses.some(({ name }) => name === undefined)) {
    throw new CliError('With several databases each needs its source: --sql-url shop=postgres://… stock=mariadb://…');
  }
  const wrong = addresses.find(({ url }) => !URL.canParse(url));
  if (wrong !== undefined) throw new CliError(`--sql-url of source ${wrong.name ?? '(the only one)'} is no address.`);
  const names = addresses.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new CliError('Two databases have the same source name.');
  return addresses;
}
