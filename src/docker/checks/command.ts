/** E4, E8, E16, W26, W29: the image starts what it should, and ends when it is told to. */
import {
  type CheckAnswer,
  type CheckSubject,
  type DockerfileCheck,
  failed,
  notApplicable,
  passed,
} from '../check.ts'
import { absolutePath, contextPathsOf, copiedPaths, workingDirectory } from '../image-model.ts'
import { imageName } from '../image-name.ts'
import { chainInstructions, type Instruction, type Stage } from '../parse-dockerfile.ts'
import { readStartCommand } from '../start-command.ts'

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

/** E4, E8, E16, W26, W29. */
export const commandChecks: readonly DockerfileCheck[] = [
  execForm,
  noDevelopment,
  noWorkaround,
  endsOnSignal,
  scriptsRun,
]
