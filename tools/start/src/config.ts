/** Port of view-api's HTTP interface; `HYBRIDGE_HTTP_PORT` changes it. */
export function httpPortOf(environment: NodeJS.ProcessEnv = process.env): number {
  const value = environment['HYBRIDGE_HTTP_PORT'] ?? '28080';
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`HYBRIDGE_HTTP_PORT is "${value}", but must be a port number from 1 to 65535.`);
}
