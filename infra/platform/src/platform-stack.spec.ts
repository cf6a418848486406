import { Meta, PENDING_INDEX } from '@hybridge/protocol';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type PlatformProps, PlatformStack } from './platform-stack.ts';

describe('PlatformStack', () => {
  const synth = (props?: PlatformProps): Template =>
    Template.fromStack(
      new PlatformStack(
        new App({ analyticsReporting: false, builtinCloudFormationValidation: false }),
        'platform',
        props,
      ),
    );
  const template = synth();

  it('keeps the view table when the stack goes', () => {
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('streams both images, which the stream pipe compares', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'hybridge-views',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('names keys, expiry and index as the protocol does', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: Meta.expiry, Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: PENDING_INDEX,
          KeySchema: [{ AttributeName: Meta.pendingSince, KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });

  it('has the indexes it is given, with all attributes', () => {
    synth({
      indexes: [{ name: 'byStatus', partitionKey: '_byStatus_pk', sortKey: '_byStatus_sk' }],
    }).hasResourceProperties('AWS::DynamoDB::Table', {
      AttributeDefinitions: ['pk', 'sk', Meta.pendingSince, '_byStatus_pk', '_byStatus_sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        { IndexName: PENDING_INDEX },
        {
          IndexName: 'byStatus',
          KeySchema: [
            { AttributeName: '_byStatus_pk', KeyType: 'HASH' },
            { AttributeName: '_byStatus_sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });

  it('has the bus, and an archive of it', () => {
    template.hasResourceProperties('AWS::Events::EventBus', { Name: 'hybridge' });
    template.resourceCountIs('AWS::Events::Archive', 1);
  });

  it('takes other names', () => {
    const renamed = synth({ names: { tableName: 'views-2', busName: 'bus-2' } });
    renamed.hasResourceProperties('AWS::DynamoDB::Table', { TableName: 'views-2' });
    renamed.hasResourceProperties('AWS::Events::EventBus', { Name: 'bus-2' });
  });
});
