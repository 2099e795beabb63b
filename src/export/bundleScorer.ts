import type { Settings } from '../config/schema.js';
import { openEngine } from '../engine/open.js';
import { UserError } from '../error.js';
import { checkpointFrom, keyTensors } from '../model/checkpoint.js';
import { detectorFrom } from '../model/detectorFile.js';
import { calibrationFrom, withMix } from '../model/mix.js';
import { Scorer } from '../model/scorer.js';
import { detectorScorer, modelScorer, openDetector, type SessionScorer } from '../model/sessionScorer.js';
import { modelOf } from '../model/trained.js';
import { valuedScorer } from '../model/valuedScorer.js';
import { templateTextsOf } from '../parse/drain/parserState.js';
import type { Progress } from '../progress.js';
import { type Bundle, PARTS } from './bundle.js';

const NEXT = 'logbert export --format bundle --run DIR';

/**
 * Opens what a bundle scores with: the same scorer as that of its run.
 * @throws UserError when the model can't be read, or its vocabulary is another one
 */
export async function openBundleScorer(
  bundle: Bundle,
  settings: Settings['engine'],
  progress: Progress,
): Promise<SessionScorer> {
  const calibration = bundle.has(PARTS.calibration)
    ? calibrationFrom(bundle.part(PARTS.calibration).toString(), `${PARTS.calibration} of ${bundle.path}`, NEXT)
    : undefined;
  const scorer = await openModel(bundle, settings, progress);
  return calibration ? withMix(scorer, calibration) : scorer;
}

async function openModel(bundle: Bundle, settings: Settings['engine'], progress: Progress): Promise<SessionScorer> {
  const { model, scoring, vocabulary } = bundle;
  const place = `${model.part} of ${bundle.path}`;
  if (model.part === PARTS.detector) {
    const file = detectorFrom(bundle.part(model.part).toString(), place, NEXT);
    return detectorScorer(model.name, await openDetector(file, scoring.seed, NEXT));
  }
  const checkpoint = checkpointFrom(bundle.part(model.part), place, NEXT);
  if (!vocabulary) throw new UserError(`The bundle ${bundle.path} has no part ${PARTS.vocabulary}.`, { next: NEXT });
  const opened = await modelOf({ checkpoint, vocabulary, ...scoring }, NEXT);
  const engine = await openEngine(settings.name, { ...settings, note: (line) => progress.note(line) });
  const scorer = new Scorer(opened, engine, keyTensors(checkpoint), scoring.precision);
  const parser = opened.match && bundle.parser();
  const texts = parser && templateTextsOf(parser);
  const ofKeys = modelScorer(model.name, opened, { vocabulary, engine: engine.description, scorer, texts });
  return valuedScorer(ofKeys, opened, { checkpoint, vocabulary, engine });
}
