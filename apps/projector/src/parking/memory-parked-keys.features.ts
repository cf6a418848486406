import { formatKey } from '@hybridge/protocol';
import type { ParkedKey, ParkedKeys } from '@hybridge/sink-dynamodb';

/** The parked keys in memory. `asked` counts the calls that would cost a read. */
export interface MemoryParkedKeys extends ParkedKeys {
  readonly asked: { list: number; has: number };
}

export function createMemoryParkedKeys(): MemoryParkedKeys {
  const parked = new Map<string, ParkedKey>();
  const asked = { list: 0, has: 0 };
  return {
    asked,
    list: async () => {
      asked.list++;
      return [...parked.values()].toSorted((a, b) => a.at - b.at);
    },
    has: async (key) => {
      asked.has++;
      return parked.has(formatKey(key));
    },
    park: async (each) => {
      const name = formatKey(each.key);
      if (!parked.has(name)) parked.set(name, each);
    },
    release: async (key) => void parked.delete(formatKey(key)),
  };
}
