import type { ConnectorState } from './connect-api.ts';
import { registerConnector } from './register-connector.ts';

type Answer = { readonly status: number; readonly body?: unknown };

const running = (task: ConnectorState, trace?: string): Answer => ({
  status: 200,
  body: { connector: { state: 'RUNNING' }, tasks: [{ id: 0, state: task, ...(trace === undefined ? {} : { trace }) }] },
});

/** A Kafka Connect that gives the next answer for each route; the last one again and again. */
function connectThatAnswers(script: Record<string, readonly Answer[]>) {
  const calls: string[] = [];
  const send: typeof fetch = async (input, init) => {
    const path = String(input).replace(/^http:\/\/connect\/connectors\/shop/, '');
    const route = `${init?.method} ${path}`;
    const answers = script[route] ?? [{ status: 500, body: { message: `unexpected ${route}` } }];
    const answer = answers[Math.min(calls.filter((call) => call === route).length, answers.length - 1)] as Answer;
    calls.push(route);
    return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), { status: answer.status });
  };
  return { calls, options: { connectUrl: 'http://connect', name: 'shop', config: {}, fetch: send, pollIntervalMs: 0 } };
}

const restart = 'POST /restart?includeTasks=true&onlyFailed=true';

describe('registerConnector', () => {
  it('waits while the task is not running yet', async () => {
    const { calls, options } = connectThatAnswers({
      'PUT /config': [{ status: 201 }],
      'GET /status': [
        { status: 404 },
        { status: 200, body: { connector: { state: 'RUNNING' }, tasks: [] } },
        running('UNASSIGNED'),
        running('RUNNING'),
      ],
    });
    const status = await registerConnector(options);
    expect(status.tasks[0]?.state).toBe('RUNNING');
    expect(calls.filter((call) => call === 'GET /status')).toHaveLength(4);
  });

  it('tries again while Connect rebalances', async () => {
    const { calls, options } = connectThatAnswers({
      'PUT /config': [{ status: 409 }, { status: 409 }, { status: 201 }],
      'GET /status': [running('RUNNING')],
    });
    await registerConnector(options);
    expect(calls.filter((call) => call === 'PUT /config')).toHaveLength(3);
  });

  it('reports the trace of a task that failed', async () => {
    const { options } = connectThatAnswers({
      'PUT /config': [{ status: 201 }],
      'GET /status': [running('FAILED', 'slot "hybridge_shop" is active for PID 1')],
    });
    await expect(registerConnector(options)).rejects.toMatchObject({
      code: 'HYBRIDGE_CONNECT_CONNECTOR_FAILED',
      retry: 'permanent',
      message: expect.stringContaining('slot "hybridge_shop" is active for PID 1'),
    });
  });

  it('gives the failed task of an older connector one new start', async () => {
    const { calls, options } = connectThatAnswers({
      'PUT /config': [{ status: 200 }],
      'GET /status': [running('FAILED', 'old'), running('RUNNING')],
      [restart]: [{ status: 409 }, { status: 202 }],
    });
    await registerConnector(options);
    expect(calls.filter((call) => call === restart)).toHaveLength(2);
  });

  it('reports the second failure of an older connector', async () => {
    const { options } = connectThatAnswers({
      'PUT /config': [{ status: 200 }],
      'GET /status': [running('FAILED', 'still broken')],
      [restart]: [{ status: 202 }],
    });
    await expect(registerConnector(options)).rejects.toMatchObject({ code: 'HYBRIDGE_CONNECT_CONNECTOR_FAILED' });
  });

  it('waits until the slot is read', async () => {
    const { options } = connectThatAnswers({ 'PUT /config': [{ status: 201 }], 'GET /status': [running('RUNNING')] });
    let asked = 0;
    await registerConnector({ ...options, isCapturing: async () => ++asked === 3 });
    expect(asked).toBe(3);
  });

  it('says why Connect refused the configuration', async () => {
    const { options } = connectThatAnswers({
      'PUT /config': [{ status: 400, body: { message: 'slot.name is invalid' } }],
    });
    await expect(registerConnector(options)).rejects.toMatchObject({
      code: 'HYBRIDGE_CONNECT_REFUSED',
      message: expect.stringContaining('slot.name is invalid'),
    });
  });

  it('gives up when the time is up, and says what it waited for', async () => {
    const { options } = connectThatAnswers({
      'PUT /config': [{ status: 201 }],
      'GET /status': [running('UNASSIGNED')],
    });
    await expect(registerConnector({ ...options, timeoutMs: 0 })).rejects.toMatchObject({
      code: 'HYBRIDGE_CONNECT_NOT_READY',
      retry: 'transient',
    });
  });

  it('stops at once when its signal fires', async () => {
    const { options } = connectThatAnswers({
      'PUT /config': [{ status: 201 }],
      'GET /status': [running('UNASSIGNED')],
    });
    const reason = new Error('stopping');
    await expect(registerConnector({ ...options, signal: AbortSignal.abort(reason) })).rejects.toBeDefined();
  });
});
