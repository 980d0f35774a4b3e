/** For each node the nodes it points to, all by index. */
export type Graph = readonly (readonly number[])[];

/**
 * The groups of nodes that can all reach each other, of more than one node or of one
 * that points to itself (Tarjan's algorithm, without recursion: a chain may be as
 * long as there are packages).
 */
export function cyclicGroups(graph: Graph): number[][] {
  const order: number[] = new Array(graph.length).fill(-1);
  const lowest: number[] = new Array(graph.length).fill(0);
  const isOnStack: boolean[] = new Array(graph.length).fill(false);
  const stack: number[] = [];
  const groups: number[][] = [];
  let count = 0;
  for (let root = 0; root < graph.length; root++) {
    if (order[root] !== -1) continue;
    // Each open node with the edge that is to be followed next.
    const open: { readonly node: number; edge: number }[] = [{ node: root, edge: 0 }];
    while (open.length > 0) {
      const top = open.at(-1)!;
      const { node } = top;
      if (top.edge === 0) {
        order[node] = lowest[node] = count++;
        stack.push(node);
        isOnStack[node] = true;
      }
      const next = graph[node]![top.edge++];
      if (next !== undefined) {
        if (order[next] === -1) open.push({ node: next, edge: 0 });
        else if (isOnStack[next]) lowest[node] = Math.min(lowest[node]!, order[next]!);
        continue;
      }
      open.pop();
      const parent = open.at(-1)?.node;
      if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[node]!);
      if (lowest[node] !== order[node]) continue;
      const group = stack.splice(stack.lastIndexOf(node));
      for (const member of group) isOnStack[member] = false;
      if (group.length > 1 || graph[node]!.includes(node)) groups.push(group);
    }
  }
  return groups;
}

/** A shortest way from a node back to itself, inside its group; the node comes first. */
export function shortestCycle(graph: Graph, start: number, group: readonly number[]): number[] {
  const members = new Set(group);
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i]!;
    for (const next of graph[node]!) {
      if (next === start) return pathTo(node, start, cameFrom);
      if (!members.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  throw new Error("unreachable: every node of a cyclic group is on a cycle");
}

function pathTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let node = end; node !== start;) {
    node = cameFrom.get(node)!;
    path.push(node);
  }
  return path.reverse();
}
