/** Names the process that listens on a port, from /proc; undefined where the system does not tell. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const listenState = '0A';
const longestCommand = 120;

/** Such as `process 4711 (java -Xmx256m kafka.Kafka)`. Only processes we may look into can be named. */
export function describePortHolder(port: number): string | undefined {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  const pid = numericEntries('/proc').find((candidate) => holdsSocket(candidate, inodes));
  return pid === undefined ? undefined : `process ${pid} (${commandLine(pid)})`;
}

function listeningInodes(port: number): Set<string> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLines(table)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(`:${hexPort}`) && columns[3] === listenState && columns[9]) inodes.add(columns[9]);
    }
  }
  return inodes;
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  const descriptors = `/proc/${pid}/fd`;
  return numericEntries(descriptors).some((descriptor) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${descriptors}/${descriptor}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    } catch {
      return false; // closed meanwhile
    }
  });
}

function numericEntries(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // no /proc here, or another user's process
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function commandLine(pid: string): string {
  const words = readLines(`/proc/${pid}/cmdline`).join(' ').split('\0').join(' ').trim();
  return words.length > longestCommand ? `${words.slice(0, longestCommand)}…` : words;
}
