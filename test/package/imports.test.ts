import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, it } from 'vitest';

interface Import {
  file: string;
  /** Path below src, or the name of a package. */
  of: string;
}

const imports: Import[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const found = readFileSync(join('src', file), 'utf8').matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g);
    return Array.from(found, ([, named, loaded]) => ({ file, of: resolved(file, named ?? loaded) }));
  });

function resolved(file: string, name: string): string {
  return name.startsWith('.') ? posix.join(dirname(file), name).replace(/\.js$/, '.ts') : name;
}

const STAGES = 'parse|data|engine|model|score';

it.each([
  ['only commands and terminal know oclif and the bars', /^(?!commands\/|terminal\/)/, /^(@oclif|cli-progress)/],
  ['nothing but the commands imports commands or terminal', /^(?!commands\/|terminal\/)/, /^(commands|terminal)\//],
  ['only engine and model know tensors', /^(?!engine\/|model\/)/, /^(@tensorflow|onnxruntime)/],
  [
    'only the native engine knows ONNX Runtime',
    /^(?!engine\/(onnxEngine|onnx\/(gpuProvider|keptTensors|dropoutFeeds|tensors))\.ts$)/,
    /^onnxruntime/,
  ],
  [
    'the engine knows nothing of the product',
    /^engine\//,
    /^(?!engine\/|error\.ts$|cores\.ts$|@tensorflow|onnxruntime|node:)\S/,
  ],
  ['parsing comes before all else', /^parse\//, /^(data|engine|model|score)\//],
  ['data knows no model', /^data\//, /^(engine|model|score)\//],
  ['scores are judged without knowing models', /^score\//, /^(engine|model)\//],
  ['no stage knows how it is exported', /^(parse|data|engine|model|score|run|config)\//, /^export\//],
  ['no stage knows of findings', /^(parse|data|engine|model|score|run|config|export)\//, /^scan\//],
  [
    'nothing but the commands and the library knows how a session is explained',
    /^(?!explain\/|commands\/|terminal\/|index\.ts$)/,
    /^explain\//,
  ],
  ['a rule sees events, no files', /^scan\/rules\//, /^(?!scan\/)\S/],
  ['the run folder knows no stage', /^run\/(?!pipeline|demo|info|reproduce)/, new RegExp(`^(${STAGES})/`)],
  ['settings know no stage but the names of models', /^config\//, /^(parse|data|engine|score|model\/(?!registry))/],
  [
    'a model does not know what runs it',
    /^model\/(layers|lstm|keyTokens|windowModel|eventScores|rows|model|batches|\w+\/)/,
    /^(engine\/(?!engine\.ts|composites\.ts)|run|config)/,
  ],
  [
    'the trainer does not know the models',
    /^model\/(trainer|trainingStep|steps|scorer|batches|adam|noise)/,
    /^model\/(\w+\/|registry|layers)/,
  ],
])('%s', (_, who, what) => {
  const against = imports.filter(({ file, of }) => who.test(file) && what.test(of));
  expect(against.map(({ file, of }) => `${file} imports ${of}`)).toEqual([]);
});
