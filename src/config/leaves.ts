import { z } from 'zod';

export type LeafKind = 'number' | 'boolean' | 'text' | 'texts' | 'numbers' | 'other';

/** One setting of a schema. */
export interface Leaf {
  /** Such as `['drain', 'depth']`. */
  path: string[];
  kind: LeafKind;
}

/** Every setting of an object schema, in order. A loose object counts as its known keys. */
export function leavesOf(schema: z.ZodType, path: string[] = []): Leaf[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, kind: kindOf(inner) }];
  return Object.entries(inner.shape).flatMap(([key, child]) => leavesOf(child as z.ZodType, [...path, key]));
}

/** The keys that an object schema has at `path`; undefined when there is no object. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] | undefined {
  let inner = unwrap(schema);
  for (const key of path) {
    const child = inner instanceof z.ZodObject ? (inner.shape[String(key)] as z.ZodType | undefined) : undefined;
    if (!child) return undefined;
    inner = unwrap(child);
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : undefined;
}

/** The environment variable of a setting: `split.trainFraction` is `LOGBERT_SPLIT_TRAIN_FRACTION`. */
export function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return ['LOGBERT', ...words].join('_');
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

function kindOf(schema: z.ZodType): LeafKind {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return 'text';
  // Text that is no number stays text.
  if (schema instanceof z.ZodUnion && schema.options.some((option) => option instanceof z.ZodNumber)) return 'number';
  if (!(schema instanceof z.ZodArray)) return 'other';
  return kindOf(unwrap(schema.element as z.ZodType)) === 'number' ? 'numbers' : 'texts';
}
