/** What stands in a template for a token that varies. */
export const WILDCARD = '<*>';

export interface DrainOptions {
  /** Depth of the tree as Drain counts it, at least 3: root, token count, `depth - 3` levels of tokens, clusters. */
  depth: number;
  /** Smallest share of equal tokens that puts a message into a known cluster. */
  similarity: number;
  /** Most children of an inner node, the wildcard among them. */
  maxChildren: number;
}

/** Messages of one shape. */
export class Cluster {
  private template: string[];
  private wildcards: Uint8Array;

  /**
   * @param id 0, 1, ... in order of first appearance; never given again
   * @param size messages learnt or matched so far; whoever asks for the cluster counts
   */
  constructor(
    readonly id: number,
    tokens: string[],
    public size: number,
  ) {
    this.template = tokens;
    this.wildcards = wildcardsOf(tokens);
  }

  get tokens(): readonly string[] {
    return this.template;
  }

  set tokens(tokens: string[]) {
    this.template = tokens;
    this.wildcards = wildcardsOf(tokens);
  }

  /** A flag for each token of the template. */
  get wild(): Uint8Array {
    return this.wildcards;
  }
}

interface Node {
  children: Map<string, Node>;
  clusters: Cluster[];
}

/** A node as JSON: children by token, ids of the clusters. */
export interface SavedNode {
  children?: [token: string, node: SavedNode][];
  clusters?: number[];
}

/**
 * Drain (He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017), step for step as
 * Drain3 0.9.11 implements it. Messages come as tokens with masks in place.
 */
export class Drain {
  readonly clusters: Cluster[] = [];
  /** Trees by token count. */
  private readonly roots = new Map<number, Node>();
  private readonly versions: number[] = [];
  /** Levels of tokens in the tree. */
  private readonly tokenLevels: number;

  constructor(readonly options: DrainOptions) {
    this.tokenLevels = options.depth - 3;
  }

  /** Changes whenever a message of so many tokens might be told apart from before. */
  version(tokenCount: number): number {
    return this.versions[tokenCount] ?? 0;
  }

  /** Puts a message into the most similar cluster, whose template loses the tokens that differ, or into a new one. */
  learn(tokens: string[]): Cluster {
    const leaf = this.descend(tokens);
    const known = leaf && best(leaf.clusters, tokens, this.options.similarity, false);
    if (known) return this.generalize(known, tokens);
    const cluster = new Cluster(this.clusters.length, [...tokens], 0);
    this.clusters.push(cluster);
    this.insert(cluster);
    this.touch(tokens.length);
    return cluster;
  }

  /**
   * The cluster whose template has every token of the message, wildcards apart; nothing is learnt. Where the tree
   * leads to none, all templates of this length are tried (`full_search_strategy='fallback'` of Drain3), since a
   * wildcard in a template's first tokens may lie on another branch.
   */
  match(tokens: string[]): Cluster | undefined {
    const leaf = this.descend(tokens);
    const found = leaf && best(leaf.clusters, tokens, 1, true);
    return found ?? best(this.ofLength(tokens.length), tokens, 1, true);
  }

  /** The trees as JSON, by token count. */
  save(): Record<string, SavedNode> {
    return Object.fromEntries([...this.roots].map(([count, node]) => [count, saveNode(node)]));
  }

  /** Restores what `save` gave. The ids of `clusters` are their indexes. */
  static load(options: DrainOptions, clusters: Cluster[], trees: Record<string, SavedNode>): Drain {
    const drain = new Drain(options);
    drain.clusters.push(...clusters);
    for (const [count, node] of Object.entries(trees)) drain.roots.set(Number(count), loadNode(node, clusters));
    return drain;
  }

  private descend(tokens: string[]): Node | undefined {
    let node = this.roots.get(tokens.length);
    const levels = this.levels(tokens.length);
    for (let i = 0; i < levels && node; i++) node = node.children.get(tokens[i]) ?? node.children.get(WILDCARD);
    return node;
  }

  private insert(cluster: Cluster): void {
    const { tokens } = cluster;
    let node = this.roots.get(tokens.length);
    if (!node) {
      node = { children: new Map(), clusters: [] };
      this.roots.set(tokens.length, node);
    }
    const levels = this.levels(tokens.length);
    for (let i = 0; i < levels; i++) node = this.child(node, tokens[i]);
    node.clusters.push(cluster);
  }

  /** A message is led by its first tokens, but never by its last one. */
  private levels(tokenCount: number): number {
    return Math.max(0, Math.min(this.tokenLevels, tokenCount - 1));
  }

  private child({ children }: Node, token: string): Node {
    const known = children.get(token);
    if (known) return known;
    const room = this.options.maxChildren - children.size;
    const wild = children.has(WILDCARD);
    // The last free place is kept for the wildcard.
    const key = !/\p{Nd}/u.test(token) && (wild ? room > 0 : room > 1) ? token : WILDCARD;
    let child = children.get(key);
    if (!child) {
      child = { children: new Map(), clusters: [] };
      children.set(key, child);
    }
    return child;
  }

  private generalize(cluster: Cluster, tokens: string[]): Cluster {
    if (cluster.tokens.some((token, i) => token !== tokens[i] && token !== WILDCARD)) {
      cluster.tokens = cluster.tokens.map((token, i) => (token === tokens[i] ? token : WILDCARD));
      this.touch(tokens.length);
    }
    return cluster;
  }

  private touch(tokenCount: number): void {
    this.versions[tokenCount] = this.version(tokenCount) + 1;
  }

  private ofLength(tokenCount: number): Cluster[] {
    const root = this.roots.get(tokenCount);
    return root ? clustersUnder(root) : [];
  }
}

/**
 * The most similar cluster, if it reaches `threshold`; of equally similar ones the one with more wildcards, then the
 * older one.
 */
function best(clusters: Cluster[], tokens: string[], threshold: number, countWildcards: boolean): Cluster | undefined {
  let found: Cluster | undefined;
  let foundEqual = -1;
  let foundWild = -1;
  for (const cluster of clusters) {
    let equal = 0;
    let wild = 0;
    for (let i = 0; i < tokens.length; i++) {
      if (cluster.wild[i]) wild++;
      else if (cluster.tokens[i] === tokens[i]) equal++;
    }
    if (countWildcards) equal += wild;
    if (equal > foundEqual || (equal === foundEqual && wild > foundWild)) {
      found = cluster;
      foundEqual = equal;
      foundWild = wild;
    }
  }
  // Two messages without a token are equal.
  return tokens.length === 0 || foundEqual / tokens.length >= threshold ? found : undefined;
}

function wildcardsOf(tokens: string[]): Uint8Array {
  return Uint8Array.from(tokens, (token) => (token === WILDCARD ? 1 : 0));
}

function clustersUnder(node: Node): Cluster[] {
  return [...node.clusters, ...[...node.children.values()].flatMap(clustersUnder)];
}

function saveNode({ children, clusters }: Node): SavedNode {
  const saved: SavedNode = {};
  if (children.size > 0) saved.children = [...children].map(([token, node]) => [token, saveNode(node)]);
  if (clusters.length > 0) saved.clusters = clusters.map(({ id }) => id);
  return saved;
}

function loadNode({ children = [], clusters: ids = [] }: SavedNode, clusters: Cluster[]): Node {
  const loaded = children.map(([token, node]): [string, Node] => [token, loadNode(node, clusters)]);
  return { children: new Map(loaded), clusters: ids.map((id) => clusters[id]) };
}
