import { ApplyCustomerChange } from '@hybridge/contracts';
import { catalog } from '@hybridge/definitions';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { synthTemplates } from './synth-templates.ts';

const templates = synthTemplates();
const stack = (name: string): Template => Template.fromJSON(templates[name] as object);

/** Actions and the resources they are allowed on, each resource as one text. */
const rightsOf = (name: string): readonly { actions: readonly string[]; resources: string }[] =>
  Object.values(stack(name).findResources('AWS::IAM::ManagedPolicy')).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.map((statement: { Action: string | string[]; Resource: unknown }) => ({
      actions: [statement.Action].flat(),
      resources: JSON.stringify(statement.Resource),
    })),
  );

const appStacks = Object.keys(templates).filter((name) => name !== 'hybridge-platform');

describe('synthTemplates', () => {
  it('makes the platform first, then one stack an app', () => {
    expect(Object.keys(templates)[0]).toBe('hybridge-platform');
    expect([...appStacks].sort()).toEqual([
      'hybridge-inspector',
      'hybridge-projector',
      'hybridge-stream-pipe',
      'hybridge-view-api',
      'hybridge-writeback',
    ]);
  });

  it('gives stacks that import nothing from each other and need no bootstrap', () => {
    const text = JSON.stringify(templates);
    expect(text).not.toContain('Fn::ImportValue');
    expect(text).not.toContain('BootstrapVersion');
    expect(text).not.toContain('CDKMetadata');
  });

  it('gives the view table the indexes of its views, or others', () => {
    const indexNames = (made: typeof templates): readonly unknown[] =>
      Object.values(
        Template.fromJSON(made['hybridge-platform'] as object).findResources('AWS::DynamoDB::Table'),
      ).flatMap(({ Properties }) =>
        Properties.GlobalSecondaryIndexes.map((index: { IndexName: string }) => index.IndexName),
      );
    expect(indexNames(templates)).toEqual(['pending', ...catalog.indexes.map(({ name }) => name)]);
    const indexes = [{ name: 'byName', partitionKey: '_byName_pk', sortKey: '_byName_sk' }];
    expect(indexNames(synthTemplates({ indexes }))).toEqual(['pending', 'byName']);
  });

  it('takes other names everywhere', () => {
    const names = {
      tableName: 'v2',
      checkpointTableName: 'c2',
      busName: 'b2',
      queueName: 'q2',
      deadLetterQueueName: 'd2',
    };
    expect(JSON.stringify(synthTemplates({ names }))).not.toMatch(
      /hybridge-views|hybridge-writeback-dlq|event-bus\/hybridge/,
    );
  });
});

describe('the rights of the apps', () => {
  it.each(appStacks)('%s has a policy without a wildcard action', (name) => {
    const actions = rightsOf(name).flatMap((right) => right.actions);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it.each(appStacks)('%s is allowed nothing on every resource', (name) => {
    expect(rightsOf(name).filter(({ resources }) => resources === '"*"')).toEqual([]);
  });

  it('lets only the projector and the view API write items', () => {
    const writers = appStacks.filter((name) =>
      rightsOf(name).some(
        ({ actions, resources }) =>
          resources.includes('table/hybridge-views') &&
          actions.some((action) => /:(Put|Update|Delete|BatchWrite)/.test(action)),
      ),
    );
    expect([...writers].sort()).toEqual(['hybridge-projector', 'hybridge-view-api']);
  });
});

describe('the writeback stack', () => {
  const template = stack('hybridge-writeback');

  it('routes the command as its contract names it', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'hybridge',
      State: 'ENABLED',
      EventPattern: { source: [ApplyCustomerChange.source], 'detail-type': [ApplyCustomerChange.detailType] },
    });
  });

  it('gives each of several sources a queue of its own, and the commands of its views', () => {
    const views = Array.from({ length: 31 }, (_, i) => `view-${i}`);
    const sources = [
      { name: 'shop', views: ['orders'] },
      { name: 'stock', views },
    ];
    const several = Template.fromJSON(synthTemplates({ sources })['hybridge-writeback'] as object);
    const queues = Object.values(several.findResources('AWS::SQS::Queue')).map(
      ({ Properties }) => Properties.QueueName,
    );
    expect(queues).toEqual(['hybridge-writeback-dlq', 'hybridge-writeback-shop', 'hybridge-writeback-stock']);
    const routed = Object.values(several.findResources('AWS::Events::Rule')).map(({ Properties }) => [
      (Properties.Targets[0].Arn['Fn::GetAtt'][0] as string).replace(/[0-9A-F]{8}$/, ''),
      Properties.EventPattern.detail.metadata.view,
    ]);
    expect(routed).toEqual([
      ['Queueshop', ['orders']],
      ['Queuestock', views.slice(0, 30)],
      ['Queuestock', views.slice(30)],
    ]);
  });

  it('sets aside what the rule cannot deliver', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadLetters'), 'Arn'] } },
        }),
      ],
    });
  });

  it('sets aside what the writeback cannot handle', () => {
    for (const { name } of catalog.sources) {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: `hybridge-writeback-${name}`,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DeadLetters'), 'Arn'] },
          maxReceiveCount: Match.anyValue(),
        },
      });
    }
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'hybridge-writeback-dlq',
      MessageRetentionPeriod: 1_209_600,
    });
  });

  it('lets its rules, and only them, send to its queues', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    expect(policies).toHaveLength(catalog.sources.length + 1);
    const fromRule = {
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^Commands/), 'Arn'] } } },
    };
    const statements = policies.flatMap(({ Properties }): unknown[] => Properties.PolicyDocument.Statement);
    expect(statements).toEqual(statements.map(() => expect.objectContaining(fromRule)));
    expect(statements).toHaveLength(catalog.sources.length * 2);
  });
});

describe('the stream pipe stack', () => {
  it('keeps its own checkpoints', () => {
    stack('hybridge-stream-pipe').hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'hybridge-stream-pipe-checkpoints',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
  });
});
