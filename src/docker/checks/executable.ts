/** E5, E6: what the image starts is really in it. */
import {
  type CheckAnswer,
  type CheckSubject,
  type DockerfileCheck,
  failed,
  notApplicable,
  passed,
} from '../check.ts'
import {
  absolutePath,
  addedSearchPath,
  contextPathsOf,
  copiedPaths,
  environmentOf,
  workingDirectory,
} from '../image-model.ts'
import { baseOf, imageName } from '../image-name.ts'
import { chainInstructions, type Stage } from '../parse-dockerfile.ts'
import { readStartCommand, type StartCommand } from '../start-command.ts'

/** Programs that official images bring, by the image's name. */
const imagePrograms: Readonly<Record<string, readonly string[]>> = {
  python: ['python', 'python3', 'pip', 'pip3', 'sh', 'bash', 'env'],
  node: ['node', 'npm', 'npx', 'yarn', 'corepack', 'sh', 'env'],
  nginx: ['nginx', 'sh', 'env'],
  'nginx-unprivileged': ['nginx', 'sh', 'env'],
  golang: ['go', 'sh', 'bash', 'env'],
  ruby: ['ruby', 'bundle', 'gem', 'irb', 'sh', 'bash', 'env'],
  debian: ['sh', 'bash', 'env'],
  ubuntu: ['sh', 'bash', 'env'],
  alpine: ['sh', 'env'],
}

const onPath: DockerfileCheck = {
  id: 'E5',
  level: 'error',
  title: "CMD's executable is on PATH in the final stage",
  run: (subject) => {
    const start = readStartCommand(subject.final)
    const program = start?.words?.[0]
    if (!start || program === undefined)
      return notApplicable('The start command is not in exec form, or is inherited.')
    return program.includes('/') ? checkFile(program, start, subject) : checkProgram(program, start, subject)
  },
}

function checkFile(program: string, { line }: StartCommand, subject: CheckSubject): CheckAnswer {
  const path = absolutePath(workingDirectory(subject.final), program)
  if (isContextFile(path, subject)) return passed(`${program} is copied into the image.`, line)
  const copied = copiedPaths(subject.final).some(
    ({ from, destination }) => from !== null && isBelow(path, destination),
  )
  if (copied) return passed(`${program} comes with what is copied from another stage.`, line)
  if (/^\/(usr\/(local\/)?)?s?bin\//.test(path))
    return checkProgram(path.split('/').at(-1)!, { line } as StartCommand, subject)
  return failed(`Nothing brings ${program} into the final stage.`, line)
}

function checkProgram(
  program: string,
  { line }: Pick<StartCommand, 'line'>,
  subject: CheckSubject,
): CheckAnswer {
  const { final } = subject
  const known = imagePrograms[imageName(final)]
  if (known?.includes(program)) return passed(`${program} is part of ${baseOf(final)}.`, line)
  const instructions = chainInstructions(final)
  const installer = instructions.find(({ keyword, text }) => keyword === 'RUN' && installs(text, program))
  if (installer) return passed(`${program} is installed in line ${installer.line}.`, line)
  const folder = addedSearchPath(final).find((path) => isFilled(path, final))
  if (folder !== undefined)
    return passed(`${program} is looked for in ${folder}, which is copied from another stage.`, line)
  const local = copiedPaths(final).find(
    ({ from, destination }) => from !== null && /^\/usr\/local(\/bin)?$/.test(destination),
  )
  if (local) return passed(`${program} comes with /usr/local from another stage.`, line)
  const unreached = copiedPaths(final).find(
    ({ from, destination }) => from !== null && isEnvironment(destination, subject),
  )
  if (unreached) {
    return failed(`${program} may be in ${unreached.destination}/bin, which is not on PATH.`, line)
  }
  if (!known) return notApplicable(`What ${baseOf(final)} brings is not known.`)
  return failed(
    `Nothing installs ${program} in the final stage, and ${baseOf(final)} does not have it.`,
    line,
  )
}

/** `pip install` and `npm install -g` put programs on PATH, unless they are told another place. */
function installs(command: string, program: string): boolean {
  if (/\b(pip3?|uv pip) install\b/.test(command) && !/--(prefix|target|root)\b/.test(command)) return true
  if (/\bnpm (install|i|add) (-g|--global)\b/.test(command)) return true
  return new RegExp(
    `\\b(apt-get|apk|dnf|microdnf)\\b[^&]*\\b(install|add)\\b[^&]*\\s${escapeWord(program)}\\b`,
  ).test(command)
}

function escapeWord(word: string): string {
  return word.replace(/[^\w-]/g, '\\$&')
}

/** True when a folder of PATH is filled by a copy, or made in this stage. */
function isFilled(folder: string, stage: Stage): boolean {
  if (copiedPaths(stage).some(({ from, destination }) => from !== null && isBelow(folder, destination)))
    return true
  const parent = folder.replace(/\/bin$/, '')
  return chainInstructions(stage).some(({ keyword, text }) => keyword === 'RUN' && text.includes(parent))
}

/** True for a folder that another stage made as a prefix or a virtual environment. */
function isEnvironment(folder: string, { parsed }: CheckSubject): boolean {
  return parsed.stages.some(({ instructions }) =>
    instructions.some(
      ({ keyword, text }) =>
        keyword === 'RUN' &&
        (text.includes(`--prefix=${folder}`) ||
          text.includes(`--prefix ${folder}`) ||
          text.includes(`venv ${folder}`)),
    ),
  )
}

const moduleCopied: DockerfileCheck = {
  id: 'E6',
  level: 'error',
  title: "CMD's module or file is among what is copied",
  run: (subject) => {
    const start = readStartCommand(subject.final)
    if (!start?.words) return notApplicable('The start command is not in exec form, or is inherited.')
    const wanted = wantedFiles(start.words)
    if (wanted.length === 0) return notApplicable(`${start.words[0]} names no file or module of the project.`)
    const folder = workingDirectory(subject.final)
    const roots = [
      folder,
      ...(environmentOf(subject.final).get('PYTHONPATH') ?? '')
        .split(':')
        .filter((path) => path.startsWith('/')),
    ]
    const paths = roots.flatMap((root) => wanted.map((path) => absolutePath(root, path)))
    if (paths.some((path) => isContextFile(path, subject)))
      return passed(`${wanted[0]} is copied into the image.`, start.line)
    const byStage = copiedPaths(subject.final).find(
      ({ from, destination }) => from !== null && paths.some((path) => isBelow(path, destination)),
    )
    if (byStage) return passed(`${wanted[0]} comes from the stage ${byStage.from}.`, start.line)
    return failed(`${wanted[0]} is not copied into the image.`, start.line)
  },
}

/** The files that the command may mean, the first being its plain name. */
function wantedFiles(words: readonly string[]): string[] {
  const [program, ...rest] = words
  if (/(^|\/)(uvicorn|gunicorn|hypercorn|waitress-serve|daphne|celery)$/.test(program ?? '')) {
    const module =
      rest.find((word) => /^[A-Za-z_][\w.]*(:[\w.()]+)?$/.test(word) && /[:.]/.test(word)) ??
      rest.find((word) => /^[A-Za-z_]\w*$/.test(word))
    return module === undefined ? [] : moduleFiles(module.split(':')[0]!)
  }
  if (/(^|\/)python[\d.]*$/.test(program ?? '')) {
    if (rest[0] === '-m' && rest[1]) return moduleFiles(rest[1])
    if (rest[0] === '-c')
      return moduleFiles(/from (?<module>[A-Za-z_][\w.]*) import/.exec(rest[1] ?? '')?.groups?.module ?? '')
    return rest.filter((word) => /\.py$/.test(word)).slice(0, 1)
  }
  if (/(^|\/)node$/.test(program ?? '')) {
    const file = rest.find((word) => !word.startsWith('-'))
    return file === undefined ? [] : [file, `${file}.js`, `${file}/index.js`]
  }
  return []
}

function moduleFiles(module: string): string[] {
  if (module === '') return []
  const path = module.replaceAll('.', '/')
  return [`${path}.py`, `${path}/__init__.py`, `${path}/__main__.py`]
}

function isContextFile(path: string, { final, context, files, ignore }: CheckSubject): boolean {
  const inside =
    context === ''
      ? files
      : files.filter((file) => file.startsWith(`${context}/`)).map((file) => file.slice(context.length + 1))
  return contextPathsOf(path, copiedPaths(final), inside).some(
    (found) => inside.some((file) => file === found) && !ignore.hides(found),
  )
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

/** E5, E6. */
export const executableChecks: readonly DockerfileCheck[] = [onPath, moduleCopied]
