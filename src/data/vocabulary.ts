import { writeFile } from 'node:fs/promises';
import Papa from 'papaparse';
import { z } from 'zod';
import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import { templatesFromCsv } from '../parse/drain/templateTable.js';
import type { Progress } from '../progress.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import { readText } from './bytes.js';
import { countPart, forEachEvent, loadSessions, type Sessions, TEST, TRAIN } from './sessions.js';
import { countUnseen, type Unseen } from './unseen.js';

const SPECIAL_NAMES = ['[PAD]', '[UNK]', '[DIST]', '[MASK]', '[END]'];

const fileSchema = z.object({
  format: z.literal('logbert-vocabulary'),
  version: z.literal(1),
  /** Names of the keys from 0. */
  specials: z.array(z.string()).refine((names) => names.join() === SPECIAL_NAMES.join(), {
    error: `expected ${SPECIAL_NAMES.join(', ')}`,
  }),
  /** One key a template, counted on from the specials. */
  keys: z
    .array(
      z.object({
        key: z.number().int(),
        template: z.number().int().nonnegative(),
        text: z.string().optional(),
      }),
    )
    .refine((keys) => keys.every(({ key }, i) => key === i + SPECIAL_NAMES.length), { error: 'keys are not in order' })
    .refine((keys) => new Set(keys.map(({ template }) => template)).size === keys.length, {
      error: 'a template has two keys',
    }),
});

export type VocabularyFile = z.infer<typeof fileSchema>;

/** The event keys that a model knows: the specials, then one key for each template of the training sessions. */
export class Vocabulary {
  static readonly PAD = 0;
  /** Stands for each template that no training session holds. */
  static readonly UNK = 1;
  static readonly DIST = 2;
  static readonly MASK = 3;
  /** Closes a session, for models that are told its end. */
  static readonly END = 4;
  static readonly SPECIALS = SPECIAL_NAMES.length;

  /** (size - SPECIALS) template id of the key SPECIALS + i */
  readonly templates: Int32Array;
  private readonly keys: Map<number, number>;

  /**
   * @param templates template ids in order of their keys
   * @param texts template text by id, for those who read the file
   */
  constructor(
    templates: Iterable<number>,
    private readonly texts: ReadonlyMap<number, string> = new Map(),
  ) {
    this.templates = Int32Array.from(templates);
    this.keys = new Map(Array.from(this.templates, (template, i) => [template, Vocabulary.SPECIALS + i]));
  }

  /** Count of keys, specials included. */
  get size(): number {
    return Vocabulary.SPECIALS + this.templates.length;
  }

  has(template: number): boolean {
    return this.keys.has(template);
  }

  /** Key of a template; UNK if it is unseen. */
  encode(template: number): number {
    return this.keys.get(template) ?? Vocabulary.UNK;
  }

  /**
   * Template id of a key.
   * @throws RangeError for a special key or one beyond the vocabulary
   */
  template(key: number): number {
    if (key < Vocabulary.SPECIALS || key >= this.size) throw new RangeError(`Key ${key} stands for no template`);
    return this.templates[key - Vocabulary.SPECIALS];
  }

  /** Text of a key's template, where it is known. */
  text(key: number): string | undefined {
    return key < Vocabulary.SPECIALS ? undefined : this.texts.get(this.template(key));
  }

  toJSON(): VocabularyFile {
    const keys = Array.from(this.templates, (template, i) => ({
      key: Vocabulary.SPECIALS + i,
      template,
      text: this.texts.get(template),
    }));
    return { format: 'logbert-vocabulary', version: 1, specials: SPECIAL_NAMES, keys };
  }

  /**
   * The reverse of `toJSON`.
   * @param place where the value was found, for messages
   * @throws UserError when it isn't a vocabulary of this version
   */
  static fromJSON(value: unknown, place: string): Vocabulary {
    const parsed = fileSchema.safeParse(value);
    if (!parsed.success) throw refusal(value, parsed.error, place);
    const { keys } = parsed.data;
    const texts = keys.flatMap(({ template, text }): [number, string][] =>
      text === undefined ? [] : [[template, text]],
    );
    return new Vocabulary(
      keys.map(({ template }) => template),
      new Map(texts),
    );
  }

  /** @throws UserError when the file is missing or isn't a vocabulary of this version */
  static async load(path: string): Promise<Vocabulary> {
    const text = await readText(path, 'vocabulary');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new UserError(`${path} is damaged: it isn't JSON.`, { next: 'logbert vocab', cause });
    }
    return Vocabulary.fromJSON(value, path);
  }
}

function refusal(value: unknown, error: z.ZodError, place: string): UserError {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  const next = 'logbert vocab';
  if (format !== 'logbert-vocabulary') return new UserError(`${place} isn't a vocabulary of logbert.`, { next });
  if (version !== 1) {
    return new UserError(`${place} is a vocabulary of version ${version}; this logbert reads version 1.`, { next });
  }
  const [fault] = error.issues;
  return new UserError(`${place} is damaged: ${fault.path.join('.')}: ${fault.message}.`, { next });
}

export interface VocabularySummary {
  /** Count of keys, specials included. */
  size: number;
  specials: number;
  templates: number;
  /** What it was built from. */
  train: { sessions: number; events: number };
  test: { sessions: number; events: number };
  unseen: Unseen;
}

/**
 * Builds vocabulary.json from the training sessions, those for validation left out.
 * @throws UserError when there is none
 */
export async function buildVocabulary(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<VocabularySummary> {
  const task = progress.task('Building the vocabulary');
  const sessions = await loadSessions(run);
  const fromLog = sessions.rows !== undefined;
  const texts = await templateTexts(settings, run, fromLog);
  const vocabulary = new Vocabulary(templatesOf(sessions, TRAIN), texts);
  const summary = summarize(sessions, vocabulary, texts);
  if (summary.train.sessions === 0) {
    throw new UserError(`${run.dir} holds no training session, so there is nothing to learn from.`, {
      next: commandFor('sessions', run.dir),
    });
  }
  await run.write(
    'vocabulary',
    {
      from: ['sessions', 'sequences', ...(fromLog ? (['templates'] as const) : [])],
      settings: partOf('vocab', settings),
    },
    (tmp) => writeFile(tmp, `${JSON.stringify(vocabulary, null, 2)}\n`),
  );
  task.finish(`${vocabulary.size} keys`);
  return summary;
}

/**
 * Text of each template: as they were parsed, or of event keys from the table that the settings name; empty without one.
 * @throws UserError when the table can't be read
 */
export async function templateTexts(
  settings: Settings,
  run: RunFolder,
  fromLog = run.has('templates'),
): Promise<Map<number, string>> {
  if (fromLog) {
    const rows = templatesFromCsv(await readText(await run.require('templates'), 'template list'));
    return new Map(rows.map(({ id, template }) => [id, template]));
  }
  const { templates } = settings.input;
  return templates === undefined ? new Map() : textsOfKeys(await readText(templates, 'table of templates'), templates);
}

/** A table with the columns `EventId,EventTemplate` as loghub has them; the key of `E5` is 5. */
function textsOfKeys(text: string, path: string): Map<number, string> {
  const { data } = Papa.parse<Record<string, string | undefined>>(text.trim(), { header: true });
  return new Map(
    data.map(({ EventId, EventTemplate }, i) => {
      const key = /^E?(\d+)$/.exec(EventId ?? '')?.[1];
      if (key !== undefined && EventTemplate !== undefined) return [Number(key), EventTemplate];
      throw new UserError(`${path}:${i + 2}: expected the columns EventId, such as E5, and EventTemplate.`);
    }),
  );
}

/** Template ids in a part, ascending; without -1, which names no template. */
function templatesOf(sessions: Sessions, split: number): number[] {
  const found = new Set<number>();
  forEachEvent(sessions, split, (template) => found.add(template));
  found.delete(-1);
  return [...found].sort((a, b) => a - b);
}

function summarize(sessions: Sessions, vocabulary: Vocabulary, texts: ReadonlyMap<number, string>): VocabularySummary {
  return {
    size: vocabulary.size,
    specials: Vocabulary.SPECIALS,
    templates: vocabulary.templates.length,
    train: countPart(sessions, TRAIN),
    test: countPart(sessions, TEST),
    unseen: countUnseen(sessions, vocabulary, texts),
  };
}
