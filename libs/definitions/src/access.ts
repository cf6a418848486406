import type { Audience } from '@hybridge/views';

/** The shop's own people, as the token says. */
export const STAFF: Audience = { scope: 'staff' };
