import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';

export interface Right {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** The rights of one app as a managed policy, to attach to whatever runs it; its ARN is the stack's output `PolicyArn`. */
export function appPolicy(stack: Stack, app: string, rights: readonly Right[]): void {
  const policy = new ManagedPolicy(stack, 'Policy', {
    description: `What ${app} of Hybridge may do.`,
    statements: rights.map(
      ({ actions, resources }) => new PolicyStatement({ actions: [...actions], resources: [...resources] }),
    ),
  });
  new CfnOutput(stack, 'PolicyArn', { value: policy.managedPolicyArn });
}
