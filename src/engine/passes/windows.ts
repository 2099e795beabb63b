import type { Graph, GraphInput, Node, Value } from '../graph.js';

/** The inputs that stand for a dropout mask: a pool of random numbers [P], and where the mask begins and ends in it, each [1]. */
export function windowInputs(mask: string): { pool: string; start: string; end: string } {
  return { pool: `${mask}/pool`, start: `${mask}/start`, end: `${mask}/end` };
}

/**
 * Takes each dropout mask out of a pool in place of an input of its own: the pool can stay in the memory of a device, while
 * masks would travel there with each step, more of them than all else.
 */
export function masksFromPools(graph: Graph): Graph {
  const windows = graph.inputs.filter(({ dropoutRate }) => dropoutRate !== undefined).map(windowOf);
  const inputs = graph.inputs.filter(({ dropoutRate }) => dropoutRate === undefined);
  return {
    ...graph,
    inputs: [...inputs, ...windows.flatMap((window) => window.inputs)],
    nodes: [...windows.map(({ node }) => node), ...graph.nodes],
  };
}

function windowOf({ name, value }: GraphInput): { inputs: GraphInput[]; node: Node } {
  const { pool, start, end } = windowInputs(name);
  const place = (): Value => ({ shape: [1], dtype: 'int32' });
  const inputs = [
    { name: pool, value: { shape: [{ factor: 1, symbols: [pool] }], dtype: 'float32' } as const },
    { name: start, value: place() },
    { name: end, value: place() },
  ];
  return { inputs, node: { op: 'Window', inputs: inputs.map((input) => input.value), outputs: [value], attrs: {} } };
}
