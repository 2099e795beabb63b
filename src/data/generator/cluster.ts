import { Random } from '../../random.js';

const PORT = 50010;
const NODES = 120;

/** The data nodes of the simulated cluster, by address without port. */
export class Cluster {
  private readonly hosts: string[];

  constructor(seed: number) {
    const random = new Random(seed, 'cluster');
    const hosts = new Set<string>();
    while (hosts.size < NODES) hosts.add(`10.25${random.int(2)}.${1 + random.int(214)}.${1 + random.int(254)}`);
    this.hosts = [...hosts];
  }

  /** A host that isn't one of `others`. */
  pick(random: Random, others: readonly string[] = []): string {
    for (;;) {
      const host = random.pick(this.hosts);
      if (!others.includes(host)) return host;
    }
  }
}

/** A data node as most lines name it: address and port. */
export function nodeOf(host: string): string {
  return `${host}:${PORT}`;
}

/** The client's end of a connection. */
export function clientOf(host: string, random: Random): string {
  return `${host}:${32768 + random.int(28000)}`;
}
