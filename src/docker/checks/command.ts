/** E4, E5, E6, E8, E16, W26, W29: the image starts what it should, and ends when it is told to. */
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
import { chainInstructions, type Instruction, type Stage } from '../parse-dockerfile.ts'
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

const execForm: DockerfileCheck = {
  id: 'E4',
  level: 'error',
  title: 'CMD and ENTRYPOINT are in exec form',
  run: ({ final }) => {
    const start = readStartCommand(final)
    if (!start) return inheritsCommand(final)
    const shell = start.instructions.find(({ exec }) => exec === null)
    if (shell)
      return failed(
        `${shell.keyword} ${shell.text} runs under a shell, which does not pass signals on.`,
        shell.line,
      )
    return passed(start.instructions.map(({ keyword, text }) => `${keyword} ${text}`).join(' '), start.line)
  },
}

/** Server images such as nginx bring a start command of their own. */
function inheritsCommand(stage: Stage): CheckAnswer {
  return /^nginx/.test(imageName(stage))
    ? notApplicable('The base image brings its own start command.')
    : failed('The image has neither CMD nor ENTRYPOINT.')
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

const noDevelopment: DockerfileCheck = {
  id: 'E8',
  level: 'error',
  title: 'No reload, development server or debugger in the start command',
  run: ({ final }) => {
    const start = readStartCommand(final)
    if (!start) return notApplicable('The start command is inherited from the base image.')
    const text = start.instructions.map((instruction) => instruction.text).join(' ')
    const word = text.split(/[\s"',[\]]+/).find((one) => developmentWord.test(one))
    return word === undefined ? passed(text, start.line) : failed(`${word} is for development.`, start.line)
  },
}

const developmentWord =
  /^(--reload|--watch|--debug|--debugger|--inspect(-brk)?(=.*)?|nodemon|ts-node(-dev)?|tsx|dev|start:dev|runserver|debugpy|watchfiles|watchmedo)$/i

const noWorkaround: DockerfileCheck = {
  id: 'E16',
  level: 'error',
  title: 'No ignored failure: `|| true`, `--force`, `set +e`',
  run: ({ parsed }) => {
    for (const { keyword, text, line } of parsed.stages.flatMap(({ instructions }) => instructions)) {
      if (keyword !== 'RUN') continue
      const found =
        /\|\|\s*(true|:|exit 0)(?=\s|$|[;&)])|\s--(force|legacy-peer-deps|ignore-errors)\b|\bset \+e\b/.exec(
          text,
        )
      if (found) return failed(`${found[0].trim()} hides a failure.`, line)
    }
    return passed('No RUN ignores a failure.')
  },
}

const endsOnSignal: DockerfileCheck = {
  id: 'W26',
  level: 'warning',
  title: 'SIGTERM ends the program, or an init passes it on',
  run: async (subject) => {
    const start = readStartCommand(subject.final)
    if (!start)
      return /^nginx/.test(imageName(subject.final))
        ? passed('nginx ends on the signal of its image.')
        : notApplicable('The start command is inherited.')
    if (start.hasInit) return passed('An init is the first process.', start.line)
    const program = start.words?.[0]?.split('/').at(-1)
    if (program === undefined)
      return failed('A shell is the first process and does not pass signals on.', start.line)
    if (/^(uvicorn|gunicorn|hypercorn|daphne|nginx)$/.test(program))
      return passed(`${program} ends on SIGTERM.`, start.line)
    if (start.words!.some((word) => /(^|\/)next(\/dist\/bin\/next)?$/.test(word)))
      return passed('next ends on SIGTERM.', start.line)
    if (copiedPaths(subject.final).some(({ source }) => source.endsWith('.next/standalone'))) {
      return passed('The standalone server of Next ends on SIGTERM.', start.line)
    }
    const handler = await findHandler(subject)
    if (handler !== null) return passed(`${handler} handles SIGTERM.`, start.line)
    return failed(
      `${program} as the first process ignores SIGTERM unless it has a handler; none was found.`,
      start.line,
    )
  },
}

/** Reading more sources than this to look for a handler takes longer than it tells. */
const handlerFilesMax = 40

async function findHandler({ files, context, read }: CheckSubject): Promise<string | null> {
  const sources = files.filter(
    (file) =>
      file.startsWith(context === '' ? '' : `${context}/`) &&
      /\.(py|[cm]?[jt]s)$/.test(file) &&
      !/(^|\/)(tests?|node_modules)\//.test(file),
  )
  for (const path of sources.slice(0, handlerFilesMax)) {
    const text = (await read(path)) ?? ''
    if (
      /\bprocess\.(once|on)\(\s*['"]SIGTERM['"]|signal\.signal\(\s*(signal\.)?SIGTERM\b|add_signal_handler\(\s*(signal\.)?SIGTERM\b|enableShutdownHooks\(/.test(
        text,
      )
    )
      return path
  }
  return null
}

const scriptsRun: DockerfileCheck = {
  id: 'W29',
  level: 'warning',
  title: 'Start scripts are executable and have Unix line ends',
  run: async (subject) => {
    const start = readStartCommand(subject.final)
    const script = start?.words?.find((word) => word.endsWith('.sh'))
    if (!start || script === undefined) return notApplicable('No shell script is started.')
    const path = absolutePath(workingDirectory(subject.final), script)
    const inside = subject.files.map((file) =>
      subject.context === '' ? file : file.slice(subject.context.length + 1),
    )
    const [source] = contextPathsOf(path, copiedPaths(subject.final), inside)
    if (source === undefined) return notApplicable(`${script} does not come from the build context.`)
    const text = await subject.read([subject.context, source].filter((part) => part !== '').join('/'))
    if (text?.includes('\r\n')) return failed(`${source} has Windows line ends.`, start.line)
    const made = chainInstructions(subject.final).some((instruction) => makesExecutable(instruction, source))
    return made
      ? passed(`${source} is made executable.`, start.line)
      : failed(`Nothing makes ${source} executable.`, start.line)
  },
}

function makesExecutable({ keyword, flags, text }: Instruction, source: string): boolean {
  const name = source.split('/').at(-1)!
  if (!text.includes(name) && !/^\.\s/.test(text)) return false
  return keyword === 'RUN'
    ? /\bchmod\b/.test(text)
    : /^0?[1357]?[1357]{1}\d\d|^0?7\d\d|^0?5\d\d/.test(flags.get('chmod')?.at(-1) ?? '')
}

function baseOf(stage: Stage): string {
  return stage.parent ? baseOf(stage.parent) : stage.base
}

/** The image's own name, without registry, owner, tag and digest. */
export function imageName(stage: Stage): string {
  return baseOf(stage).split('@')[0]!.split('/').at(-1)!.split(':')[0]!
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

export const commandChecks: readonly DockerfileCheck[] = [
  execForm,
  onPath,
  moduleCopied,
  noDevelopment,
  noWorkaround,
  endsOnSignal,
  scriptsRun,
]
