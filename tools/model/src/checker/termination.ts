/** A growing list of directed edges between numbered states, four bytes an end. */
export class Edges {
  #ends = new Int32Array(1 << 12);
  #length = 0;

  get count(): number {
    return this.#length / 2;
  }

  add(from: number, to: number): void {
    if (this.#length === this.#ends.length) {
      const grown = new Int32Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.#length] = from;
    this.#ends[this.#length + 1] = to;
    this.#length += 2;
  }

  from(edge: number): number {
    return this.#ends[2 * edge] as number;
  }

  to(edge: number): number {
    return this.#ends[2 * edge + 1] as number;
  }
}

/** A cycle of states in walking order; undefined when there is none. */
export function findCycle(edges: Edges, states: number): readonly number[] | undefined {
  const open = openEnds(edges, states);
  const start = open.findIndex((count) => count > 0);
  return start < 0 ? undefined : walkRound(edges, open, start);
}

/** Takes away, again and again, states that lead nowhere; what keeps an edge can walk for ever. */
function openEnds(edges: Edges, states: number): Int32Array {
  const open = new Int32Array(states);
  const incoming = new Int32Array(states).fill(-1); // the last edge into a state …
  const before = new Int32Array(edges.count); // … and the one before each edge
  for (let edge = 0; edge < edges.count; edge += 1) {
    const to = edges.to(edge);
    open[edges.from(edge)] = (open[edges.from(edge)] as number) + 1;
    before[edge] = incoming[to] as number;
    incoming[to] = edge;
  }
  const closed: number[] = [];
  open.forEach((count, state) => {
    if (count === 0) closed.push(state);
  });
  for (let state = closed.pop(); state !== undefined; state = closed.pop()) {
    for (let edge = incoming[state] as number; edge !== -1; edge = before[edge] as number) {
      const from = edges.from(edge);
      open[from] = (open[from] as number) - 1;
      if (open[from] === 0) closed.push(from);
    }
  }
  return open;
}

function walkRound(edges: Edges, open: Int32Array, start: number): readonly number[] {
  const successor = new Map<number, number>();
  for (let edge = 0; edge < edges.count; edge += 1) {
    const [from, to] = [edges.from(edge), edges.to(edge)];
    if ((open[from] as number) > 0 && (open[to] as number) > 0) successor.set(from, to);
  }
  const path: number[] = [];
  const position = new Map<number, number>();
  let at = start;
  while (!position.has(at)) {
    position.set(at, path.length);
    path.push(at);
    at = successor.get(at) as number;
  }
  return path.slice(position.get(at));
}
