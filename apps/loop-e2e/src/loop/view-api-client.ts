/** What view-api answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown };
  /** `item`, `fill` or `sql`. */
  readonly source: string | null;
}

export interface ViewApiClient {
  read(path: string): Promise<ApiAnswer>;
  change(path: string, set: object): Promise<ApiAnswer>;
  insert(path: string, values: object): Promise<ApiAnswer>;
  remove(path: string): Promise<ApiAnswer>;
}

/**
 * Paths are `customers/42`. Who asks is the customer the key begins with, who also reads what the shop's people may.
 */
export function createViewApiClient(
  baseUrl: string,
  tokenFor: (subject: string, scopes: readonly string[]) => Promise<string>,
): ViewApiClient {
  const call = async (method: string, path: string, body?: object): Promise<ApiAnswer> => {
    const customer = /\/([^,]+)/.exec(path)?.[1] ?? '';
    const response = await fetch(`${baseUrl}/views/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await tokenFor(customer, ['staff'])}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as ApiAnswer['body']),
      source: response.headers.get('x-hybridge-source'),
    };
  };
  return {
    read: (path) => call('GET', path),
    change: (path, set) => call('PATCH', path, set),
    insert: (path, values) => call('PUT', path, values),
    remove: (path) => call('DELETE', path),
  };
}
