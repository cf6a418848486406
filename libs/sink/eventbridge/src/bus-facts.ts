import {
  DescribeEventBusCommand,
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';

/** A rule of a bus, and where it sends what fits. */
export interface RuleFacts {
  readonly name: string;
  readonly isEnabled: boolean;
  /** JSON of the event pattern; empty for a schedule. */
  readonly pattern: string;
  readonly targets: readonly { readonly arn: string; readonly deadLetterArn?: string }[];
}

/** Undefined: there is no such bus. @throws what the SDK throws when EventBridge does not answer */
export async function readBusRules(
  client: EventBridgeClient,
  busName: string,
): Promise<readonly RuleFacts[] | undefined> {
  try {
    await client.send(new DescribeEventBusCommand({ Name: busName }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
  const rules: RuleFacts[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListRulesCommand({ EventBusName: busName, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    for (const { Name: name = '', State: state, EventPattern: pattern = '' } of page.Rules ?? []) {
      rules.push({ name, isEnabled: state !== 'DISABLED', pattern, targets: await targetsOf(client, busName, name) });
    }
    token = page.NextToken;
  } while (token !== undefined);
  return rules;
}

/** A rule has at most five targets unless AWS allowed more: one page. */
async function targetsOf(client: EventBridgeClient, busName: string, rule: string): Promise<RuleFacts['targets']> {
  const { Targets: targets = [] } = await client.send(
    new ListTargetsByRuleCommand({ EventBusName: busName, Rule: rule }),
  );
  return targets.map(({ Arn: arn = '', DeadLetterConfig: deadLetters }) => ({
    arn,
    ...(deadLetters?.Arn === undefined ? {} : { deadLetterArn: deadLetters.Arn }),
  }));
}
