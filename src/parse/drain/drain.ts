/** What stands in a template for a token that varies. */
export const WILDCARD = '<*>';

export interface DrainOptions {
  /** Depth of the tree as Drain counts it, at least 3: root, token count, `depth - 3` levels of tokens, clusters. */
  depth: number;
  /** Smallest share of equal tokens that puts a message into a known cluster. */
  similarity: number;
  /** Most children of an inner node, the wildcard among them. */
  maxChildren: number;
  /** Most clusters at a time: a new one takes the place of the one that was learnt from longest ago. Default: no limit. */
  maxClusters?: number;
  /** Whether a token with a digit leads to the wildcard's branch. Default: true. */
  parametrizeNumericTokens?: boolean;
  /**
   * Whether the last token of a message may lead it too. It may in the Drain that published figures come from
   * (logparser), in Drain3 it may not, which is the default.
   */
  lastTokenLeads?: boolean;
}

/** Messages of one shape. */
export class Cluster {
  /** The cluster that a person has merged this one into; never one that is merged itself. */
  mergedInto: Cluster | undefined;
  /** What a person calls it. */
  name: string | undefined;
  /** Whether it has given way to a newer one; trees may still hold it. */
  evicted = false;
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

/** What `Drain.load` needs. */
export interface SavedDrain {
  clusters: Cluster[];
  trees: Record<string, SavedNode>;
  nextId: number;
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
  /** By id; with `maxClusters` in the order of their latest learning, otherwise of their ids. */
  private readonly known = new Map<number, Cluster>();
  /** Trees by token count. */
  private readonly roots = new Map<number, Node>();
  private readonly versions: number[] = [];
  /** Levels of tokens in the tree. */
  private readonly tokenLevels: number;

  /** @param nextId id of the next new cluster */
  constructor(
    readonly options: DrainOptions,
    private nextId = 0,
  ) {
    this.tokenLevels = options.depth - 3;
  }

  /** Clusters in the order of their ids. */
  get clusters(): Cluster[] {
    return [...this.known.values()].sort((a, b) => a.id - b.id);
  }

  cluster(id: number): Cluster | undefined {
    return this.known.get(id);
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
    this.makeRoom();
    const cluster = new Cluster(this.nextId++, [...tokens], 0);
    this.known.set(cluster.id, cluster);
    this.insert(cluster);
    this.touch(tokens.length);
    return cluster;
  }

  /** Notes that a message was learnt which `learn` is known to put into `cluster` without changing its template. */
  use(cluster: Cluster): void {
    if (this.options.maxClusters === undefined) return;
    this.known.delete(cluster.id);
    this.known.set(cluster.id, cluster);
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

  /** What is needed to go on: clusters with the one to give way first, trees by token count, the next id. */
  save(): SavedDrain {
    const trees = Object.fromEntries([...this.roots].map(([count, node]) => [count, saveNode(node)]));
    return { clusters: [...this.known.values()], trees, nextId: this.nextId };
  }

  /** Restores what `save` gave. Ids in the trees that are no cluster's are passed over. */
  static load(options: DrainOptions, { clusters, trees, nextId }: SavedDrain): Drain {
    const drain = new Drain(options, nextId);
    for (const cluster of clusters) drain.known.set(cluster.id, cluster);
    for (const [count, node] of Object.entries(trees)) drain.roots.set(Number(count), loadNode(node, drain.known));
    return drain;
  }

  private makeRoom(): void {
    const { maxClusters } = this.options;
    if (maxClusters === undefined || this.known.size < maxClusters) return;
    const [oldest] = this.known.values();
    oldest.evicted = true;
    this.known.delete(oldest.id);
    this.touch(oldest.tokens.length);
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
    node.clusters = [...node.clusters.filter(({ evicted }) => !evicted), cluster];
  }

  /** By how many of its first tokens a message is led. */
  private levels(tokenCount: number): number {
    return Math.max(0, Math.min(this.tokenLevels, this.options.lastTokenLeads ? tokenCount : tokenCount - 1));
  }

  private leadsToWildcard(token: string): boolean {
    return this.options.parametrizeNumericTokens !== false && /\p{Nd}/u.test(token);
  }

  private child({ children }: Node, token: string): Node {
    const known = children.get(token);
    if (known) return known;
    const room = this.options.maxChildren - children.size;
    const wild = children.has(WILDCARD);
    // The last free place is kept for the wildcard.
    const key = !this.leadsToWildcard(token) && (wild ? room > 0 : room > 1) ? token : WILDCARD;
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
    this.use(cluster);
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
    if (cluster.evicted) continue;
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
  const ids = clusters.filter(({ evicted }) => !evicted).map(({ id }) => id);
  if (ids.length > 0) saved.clusters = ids;
  return saved;
}

function loadNode({ children = [], clusters: ids = [] }: SavedNode, known: ReadonlyMap<number, Cluster>): Node {
  const loaded = children.map(([token, node]): [string, Node] => [token, loadNode(node, known)]);
  const clusters = ids.map((id) => known.get(id)).filter((cluster) => cluster !== undefined);
  return { children: new Map(loaded), clusters };
}
