import { synthTemplates } from '@hybridge/infra-services';
import type { Template } from '@hybridge/infra-services';
import { emulatedTemplates, tableRequests } from './local-templates.ts';

const templates = synthTemplates({
  indexes: [{ name: 'byStatus', partitionKey: '_byStatus_pk', sortKey: '_byStatus_sk' }],
});

describe('tableRequests', () => {
  it('asks for the view table as its stack describes it', () => {
    expect(tableRequests(templates).find(({ TableName }) => TableName === 'hybridge-views')).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [
        { IndexName: 'pending' },
        { IndexName: 'byStatus', Projection: { ProjectionType: 'ALL' } },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  it('asks for every table of every stack', () => {
    expect(
      tableRequests(templates)
        .map(({ TableName }) => TableName)
        .sort(),
    ).toEqual(['hybridge-stream-pipe-checkpoints', 'hybridge-views']);
  });

  it('asks for no stream where the stack has none', () => {
    const checkpoints = tableRequests(templates).find(({ TableName }) => TableName !== 'hybridge-views');
    expect(checkpoints).not.toHaveProperty('StreamSpecification');
  });

  it('refuses a table whose name is not literal', () => {
    const template: Template = {
      Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { Ref: 'P' } } } },
    };
    expect(() => tableRequests({ s: template })).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_STACK_PROVISION_FAILED' }),
    );
  });
});

describe('emulatedTemplates', () => {
  const emulated = emulatedTemplates(templates);
  const types = Object.values(emulated).flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type));

  it('keeps bus, rule and queues', () => {
    expect(new Set(types)).toEqual(
      new Set(['AWS::Events::EventBus', 'AWS::Events::Rule', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy']),
    );
  });

  it('puts the platform, whose bus the rule needs, first', () => {
    expect(Object.keys(emulated)).toEqual(['hybridge-platform', 'hybridge-writeback']);
  });

  it('leaves no reference to a resource that was left out', () => {
    for (const { Resources } of Object.values(emulated)) {
      for (const [, name] of JSON.stringify(Resources).matchAll(/"Fn::GetAtt":\["([^"]+)"/g)) {
        expect(Resources).toHaveProperty([name as string]);
      }
    }
  });
});
