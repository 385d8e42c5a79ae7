/** Writes a job's log as GitHub does, and turns workflow commands into what they mean. */
import type { Annotation } from '../state.ts'

/** More than this and one endless loop in a demo would fill the memory. */
const logBytesMax = 8_000_000

/** What a line can ask of the job. */
export interface CommandSink {
  setOutput(name: string, value: string): void
  setEnvironment(name: string, value: string): void
}

/** The log of one job. Masks secrets, and shows the job's folder as GitHub's runner would. */
export class JobLog {
  readonly lines: string[]
  readonly annotations: Annotation[] = []
  private readonly masks: string[] = []
  private readonly clock: () => Date
  private readonly jobRoot: string
  private bytes = 0
  private isFull = false

  constructor(lines: string[], clock: () => Date, jobRoot: string) {
    this.lines = lines
    this.clock = clock
    this.jobRoot = jobRoot
  }

  /** Hides a value in everything written from now on. */
  mask(value: string): void {
    for (const line of value.split('\n')) if (line.trim().length > 0) this.masks.push(line.trim())
  }

  /** Writes text; each line gets its own time. */
  write(text: string): void {
    for (const line of text.split('\n')) this.writeLine(line)
  }

  private writeLine(line: string): void {
    if (this.isFull) return
    const masked = this.masks.reduce((sofar, mask) => sofar.replaceAll(mask, '***'), line)
    const shown = masked.replaceAll(this.jobRoot, '/home/runner').replace(/\r$/, '')
    this.bytes += shown.length
    this.isFull = this.bytes > logBytesMax
    const time = this.clock().toISOString().replace('Z', '0000Z')
    this.lines.push(`${time} ${this.isFull ? '##[error]The log is too long and was cut here.' : shown}`)
  }

  /** Writes a foldable group. */
  group(title: string, lines: readonly string[]): void {
    this.write(`##[group]${title}`)
    for (const line of lines) this.write(line)
    this.write('##[endgroup]')
  }

  /** Writes an error and notes it as an annotation. */
  error(message: string, at: CommandProperties = {}): void {
    this.note('failure', 'error', message, at)
  }

  /** Writes a warning and notes it as an annotation. */
  warning(message: string, at: CommandProperties = {}): void {
    this.note('warning', 'warning', message, at)
  }

  private note(
    level: Annotation['annotation_level'],
    word: string,
    message: string,
    at: CommandProperties,
  ): void {
    this.write(`##[${word}]${message}`)
    const startLine = Number(at.line ?? this.lines.length) || 1
    const masked = this.masks.reduce((sofar, mask) => sofar.replaceAll(mask, '***'), message)
    this.annotations.push({
      path: at.file ?? '.github',
      start_line: startLine,
      end_line: Number(at.endLine ?? startLine) || startLine,
      start_column: at.col ? Number(at.col) : null,
      end_column: at.endColumn ? Number(at.endColumn) : null,
      annotation_level: level,
      title: at.title ?? '',
      message: masked.replaceAll(this.jobRoot, '/home/runner'),
      raw_details: '',
    })
  }

  /** Writes one line of a program's output, obeying workflow commands in it. */
  output(line: string, sink: CommandSink): void {
    const command = parseCommand(line)
    if (command) this.obey(command, line, sink)
    else this.write(line)
  }

  private obey({ name, properties, value }: Command, line: string, sink: CommandSink): void {
    if (name === 'error') this.error(value, properties)
    else if (name === 'warning') this.warning(value, properties)
    else if (name === 'notice') this.note('notice', 'notice', value, properties)
    else if (name === 'group') this.write(`##[group]${value}`)
    else if (name === 'endgroup') this.write('##[endgroup]')
    else if (name === 'add-mask') this.obeyMask(value)
    else if (name === 'set-output') this.deprecated(name, () => sink.setOutput(properties.name ?? '', value))
    else if (name === 'set-env') sink.setEnvironment(properties.name ?? '', value)
    else if (name !== 'debug') this.write(line)
  }

  private obeyMask(value: string): void {
    this.mask(value)
    this.write('::add-mask::***')
  }

  private deprecated(command: string, act: () => void): void {
    this.warning(
      `The \`${command}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/`,
    )
    act()
  }
}

type CommandProperties = Record<string, string>

interface Command {
  name: string
  properties: CommandProperties
  value: string
}

function parseCommand(line: string): Command | undefined {
  const groups = /^\s*::(?<name>[a-z-]+)(?: (?<properties>[^:]*(?::(?!:)[^:]*)*))?::(?<value>.*)$/.exec(
    line,
  )?.groups
  if (!groups) return undefined
  const pairs = (groups.properties ?? '').split(',').filter((pair) => pair.includes('='))
  const properties = pairs.map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at).trim(), decodeCommand(pair.slice(at + 1))] as const
  })
  return {
    name: groups.name!,
    properties: Object.fromEntries(properties),
    value: decodeCommand(groups.value ?? ''),
  }
}

function decodeCommand(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}
