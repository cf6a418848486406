import type { ResourceNames } from '@hybridge/infra-platform';
import type { StackProps } from 'aws-cdk-lib';

/** What every app's stack is told: the physical names of what it uses. */
export interface ServiceProps extends StackProps {
  readonly names: ResourceNames;
}
