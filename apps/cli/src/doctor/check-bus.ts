import { ApplyCustomerChange } from '@hybridge/contracts';
import type { RuleFacts } from '@hybridge/sink-eventbridge';
import type { QueueFacts } from '@hybridge/source-sqs';
import { type Finding, error, warning, when } from './finding.ts';

export interface BusFacts {
  readonly bus: string;
  /** Undefined: there is no such bus. */
  readonly rules: readonly RuleFacts[] | undefined;
  readonly queue: string;
  /** Undefined: there is no such queue. */
  readonly facts: QueueFacts | undefined;
}

const DEPLOY = 'cdk deploy hybridge-platform hybridge-writeback (infra/services)';

/** The way of a customer's change to the writeback: bus, rule, queue, and where it goes when all fails. */
export function checkBus({ bus, rules, queue, facts }: BusFacts): readonly Finding[] {
  const target = facts === undefined ? undefined : targetOf(rules ?? [], facts.arn);
  return [
    ...when(rules === undefined, () =>
      error(bus, ['bus.missing', 'there is no such event bus', `${DEPLOY}, or --bus`]),
    ),
    ...when(facts === undefined, () =>
      error(queue, ['queue.missing', 'there is no such queue', `${DEPLOY}, or --queue`]),
    ),
    ...when(facts !== undefined && facts.deadLetters === undefined, () =>
      error(queue, [
        'queue.dead-letters',
        'it has no dead-letter queue: a change that cannot be handled goes round for ever, then is lost',
        DEPLOY,
      ]),
    ),
    ...when(rules !== undefined && facts !== undefined && target === undefined, () =>
      error(bus, [
        'bus.rule',
        `no rule that is enabled sends ${ApplyCustomerChange.detailType} to ${queue}: customers’ changes wait for the sweep`,
        DEPLOY,
      ]),
    ),
    ...when(target !== undefined && target.deadLetterArn === undefined, () =>
      warning(bus, [
        'bus.dead-letters',
        `what the rule cannot deliver to ${queue} is dropped`,
        'give the target of the rule a dead-letter queue',
      ]),
    ),
  ];
}

const targetOf = (rules: readonly RuleFacts[], queueArn: string): RuleFacts['targets'][number] | undefined =>
  rules
    .filter(({ isEnabled, pattern }) => isEnabled && matchesCommand(pattern))
    .flatMap(({ targets }) => targets)
    .find(({ arn }) => arn === queueArn);

function matchesCommand(pattern: string): boolean {
  const { source, 'detail-type': types } = JSON.parse(pattern === '' ? '{}' : pattern) as Record<string, unknown>;
  const lists = (value: unknown, wanted: string): boolean => Array.isArray(value) && value.includes(wanted);
  return (
    lists(types, ApplyCustomerChange.detailType) && (source === undefined || lists(source, ApplyCustomerChange.source))
  );
}
