/**
 * Errors of the local stack. Each says the thing, the value and the fix; none is worth an automatic retry, because each
 * waits for a person (`retryable` is false, except where the network was the cause).
 */

export type ErrorFacts = { readonly what: string; readonly fix: string; readonly cause?: unknown };

/** Base of all. `message` holds both what happened and the fix; `code` is stable. */
export class LocalStackError extends Error {
  readonly code: string;
  readonly fix: string;
  readonly retryable: boolean = false;

  constructor(code: string, facts: ErrorFacts) {
    super(`${facts.what}\n  Fix: ${facts.fix}`, { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.fix = facts.fix;
  }
}

export class PortInUseError extends LocalStackError {
  readonly port: number;
  readonly variable: string;

  constructor(facts: { title: string; port: number; variable: string; holder: string | undefined }) {
    const by = facts.holder === undefined ? 'another process' : facts.holder;
    super('HYBRIDGE_STACK_PORT_IN_USE', {
      what: `Port ${facts.port} for ${facts.title} is in use by ${by}.`,
      fix: `end that process (a stack of yours: tools/local-stack/src/main.ts down), or choose another port with ${facts.variable}=<port>.`,
    });
    this.port = facts.port;
    this.variable = facts.variable;
  }
}

export class InvalidSettingError extends LocalStackError {
  constructor(variable: string, value: string, expected: string) {
    super('HYBRIDGE_STACK_INVALID_SETTING', {
      what: `${variable}=${value} is not ${expected}.`,
      fix: `set ${variable} to ${expected}, or unset it.`,
    });
  }
}

export class MissingProgramError extends LocalStackError {
  constructor(what: string, fix: string) {
    super('HYBRIDGE_STACK_MISSING_PROGRAM', { what, fix });
  }
}

export class UnsupportedPlatformError extends LocalStackError {
  constructor(platform: string, supported: string) {
    super('HYBRIDGE_STACK_UNSUPPORTED_PLATFORM', {
      what: `The native form has no database binaries pinned for ${platform} (pinned: ${supported}).`,
      fix: 'start Docker and use the compose form (--stack compose).',
    });
  }
}

export class DiskFullError extends LocalStackError {
  constructor(directory: string, detail: string, cause?: unknown) {
    super('HYBRIDGE_STACK_DISK_FULL', {
      what: `Not enough disk space in ${directory}: ${detail}.`,
      fix: 'free some space, or point HYBRIDGE_CACHE_DIR to a directory on a larger disk.',
      cause,
    });
  }
}

export class CacheUnreachableError extends LocalStackError {
  constructor(directory: string, user: string, blockedAt: string) {
    super('HYBRIDGE_STACK_CACHE_UNREACHABLE', {
      what: `Databases refuse to run as root and run as "${user}", which may not enter ${blockedAt} (on the way to ${directory}).`,
      fix: `set HYBRIDGE_CACHE_DIR to a directory every user may enter (such as /var/cache/hybridge), or run chmod o+x ${blockedAt}.`,
    });
  }
}

export class DownloadError extends LocalStackError {
  override readonly retryable = true;

  constructor(facts: ErrorFacts) {
    super('HYBRIDGE_STACK_DOWNLOAD', facts);
  }
}

export class ChecksumError extends LocalStackError {
  constructor(facts: { file: string; expected: string; actual: string }) {
    super('HYBRIDGE_STACK_CHECKSUM', {
      what: `${facts.file} is not the pinned file.\n  expected ${facts.expected}\n  actual   ${facts.actual}\n  The file was removed.`,
      fix: 'run the install again. If it happens again, the registry or a proxy serves a changed file: do not use it.',
    });
  }
}

export class ComponentFailedError extends LocalStackError {
  readonly component: string;
  readonly logFile: string;

  constructor(facts: {
    component: string;
    title: string;
    reason: string;
    logFile: string;
    logTail: string;
    cause?: unknown;
  }) {
    super('HYBRIDGE_STACK_COMPONENT_FAILED', {
      what: `${facts.title} ${facts.reason}. The last lines of its log:\n${facts.logTail}`,
      fix: `read the whole log at ${facts.logFile}.`,
      cause: facts.cause,
    });
    this.component = facts.component;
    this.logFile = facts.logFile;
  }
}

export class ComposeError extends LocalStackError {
  constructor(facts: ErrorFacts) {
    super('HYBRIDGE_STACK_COMPOSE', facts);
  }
}

/** A component was asked for that this stack was not started with. */
export class UnknownComponentError extends LocalStackError {
  constructor(component: string, known: readonly string[]) {
    super('HYBRIDGE_STACK_UNKNOWN_COMPONENT', {
      what: `This stack has no component "${component}" (it has: ${known.join(', ')}).`,
      fix: 'start the stack with that component, or ask for one it has.',
    });
  }
}
