import { LocalStackError } from '../errors.ts';
import type { ErrorFacts } from '../errors.ts';

/** A resource that the apps need could not be made in the local stack. */
export class ProvisionError extends LocalStackError {
  constructor(facts: ErrorFacts) {
    super('HYBRIDGE_STACK_PROVISION_FAILED', facts);
  }
}
