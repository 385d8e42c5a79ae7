/** E19, W21, W22, W23, W24, I30: how the layers are cut, and what stays in the last one. */
import {
  type CheckAnswer,
  type CheckSubject,
  type DockerfileCheck,
  failed,
  notApplicable,
  passed,
} from '../check.ts'
import { cleanSource, readCopy } from '../copy-sources.ts'
import { copiedPaths, searchPath } from '../image-model.ts'
import { isInstall, isManifestInstall } from '../install-command.ts'
import { chainInstructions, type Instruction, type Stage } from '../parse-dockerfile.ts'

const sameEnvironment: DockerfileCheck = {
  id: 'E19',
  level: 'error',
  title: 'A virtual environment has the same path in all stages',
  run: ({ final, parsed }) => {
    const made = parsed.stages.flatMap(({ instructions }) => instructions.flatMap(environmentFolder))
    const copies = copiedPaths(final).filter(({ from, source }) => from !== null && made.includes(source))
    if (copies.length === 0)
      return notApplicable('No virtual environment or prefix is copied between stages.')
    const moved = copies.find(
      ({ source, destination }) =>
        source !== destination && !(destination === '/usr/local' && isPrefix(source, parsed.stages)),
    )
    if (moved)
      return failed(
        `${moved.source} arrives as ${moved.destination}; its scripts name the old path.`,
        moved.line,
      )
    const unreached = copies.find(
      ({ destination }) => destination !== '/usr/local' && !searchPath(final).includes(`${destination}/bin`),
    )
    if (unreached) return failed(`${unreached.destination}/bin is not on PATH.`, unreached.line)
    return passed(copies.map(({ destination }) => destination).join(', '), copies[0]!.line)
  },
}

function environmentFolder({ keyword, text }: Instruction): string[] {
  if (keyword !== 'RUN') return []
  return [...text.matchAll(/(?:\bvenv\s+(?:--[\w-]+\s+)*|--prefix[= ])(?<folder>\/[\w./-]+)/g)].map(
    ({ groups }) => groups!.folder!,
  )
}

function isPrefix(folder: string, stages: readonly Stage[]): boolean {
  return stages.some(({ instructions }) =>
    instructions.some(({ text }) =>
      new RegExp(`--prefix[= ]${folder.replace(/[^\w/-]/g, '')}\\b`).test(text),
    ),
  )
}

const manifestFirst: DockerfileCheck = {
  id: 'W21',
  level: 'warning',
  title: 'Manifests are copied before the source',
  run: ({ parsed }) => {
    let seen: CheckAnswer = notApplicable('Nothing is installed from a manifest.')
    for (const { instructions } of parsed.stages) {
      const install = instructions.findIndex(
        ({ keyword, text }) => keyword === 'RUN' && isManifestInstall(text),
      )
      if (install === -1) continue
      const before = instructions
        .slice(0, install)
        .map(readCopy)
        .filter((copy) => copy !== null && copy.from === null)
      const source = before.find((copy) =>
        copy!.sources.some((one) => cleanSource(one) === '' || /^(src|app|lib)$/.test(cleanSource(one))),
      )
      if (source)
        return failed(
          'The source is copied before the dependencies are installed, so every commit installs them again.',
          source!.line,
        )
      seen = passed('Dependencies are installed before the source is copied.', instructions[install]!.line)
    }
    return seen
  },
}

const aptInOneLayer: DockerfileCheck = {
  id: 'W22',
  level: 'warning',
  title: 'apt update and install in one RUN, lists removed',
  run: ({ parsed }) => {
    const runs = parsed.stages
      .flatMap(({ instructions }) => instructions)
      .filter(
        ({ keyword, text }) => keyword === 'RUN' && /\bapt(-get)? (-\S+ )*(update|install)\b/.test(text),
      )
    if (runs.length === 0) return notApplicable('No apt package is installed.')
    for (const { text, line, flags } of runs) {
      const hasMount = (flags.get('mount') ?? []).some((mount) => mount.includes('/var/lib/apt'))
      const isWhole =
        /\bapt(-get)? (-\S+ )*update\b/.test(text) && /\bapt(-get)? (-\S+ )*install\b/.test(text)
      if (!isWhole)
        return failed('update and install stand in different layers, so install may use old lists.', line)
      if (!hasMount && !text.includes('rm -rf /var/lib/apt/lists'))
        return failed('The package lists stay in the layer.', line)
      if (!text.includes('--no-install-recommends'))
        return failed('Recommended packages are installed too.', line)
    }
    return passed(runs.map(({ line }) => `line ${line}`).join(', '), runs[0]!.line)
  },
}

const compilerPattern =
  /\b(apt(-get)?|apk|dnf)\b.*\b(install|add)\b.*\b(gcc|g\+\+|make|build-essential|cmake|build-base|clang|[\w.+-]+-dev)\b/

const compilersApart: DockerfileCheck = {
  id: 'W23',
  level: 'warning',
  title: 'Several stages, and no compiler in the last one',
  run: ({ parsed, final }) => {
    const compiler = chainInstructions(final).find(
      ({ keyword, text }) => keyword === 'RUN' && compilerPattern.test(text),
    )
    if (compiler) return failed('The last stage installs a compiler or headers.', compiler.line)
    if (parsed.stages.length > 1) return passed(`${parsed.stages.length} stages`, final.line)
    const install = chainInstructions(final).find(({ keyword, text }) => keyword === 'RUN' && isInstall(text))
    return install
      ? failed('Dependencies are installed in the stage that ships.', install.line)
      : notApplicable('Nothing is built.')
  },
}

const noDevelopmentDependencies: DockerfileCheck = {
  id: 'W24',
  level: 'warning',
  title: 'No development dependencies in the image',
  run: (subject) => {
    const standalone = copiedPaths(subject.final).find(({ source }) => source.endsWith('.next/standalone'))
    if (standalone) return passed('Next copies only what the server loads.', standalone.line)
    const sources = dependencySources(subject)
    const last = sources.at(-1)
    if (!last) return notApplicable('No dependencies reach the image.')
    const instructions = chainInstructions(last)
    const runs = instructions.filter(({ keyword, text }) => keyword === 'RUN' && isManifestInstall(text))
    const run = runs.at(-1)
    if (!run) return notApplicable('Which dependencies reach the image cannot be told.')
    const pruned = instructions.find(({ text }) => /\b(npm|pnpm) prune\b|--production\b/.test(text))
    if (pruned) return passed('Development dependencies are removed.', pruned.line)
    const isClean = isProductionInstall(run.text)
    if (isClean === null) return notApplicable('Which dependencies the install brings cannot be told.')
    return isClean
      ? passed(run.text, run.line)
      : failed('The install brings development dependencies.', run.line)
  },
}

/** The stages whose installs end in the image, the nearest last. */
function dependencySources({ final, parsed }: CheckSubject): Stage[] {
  const own = chainInstructions(final).some(
    ({ keyword, text }) => keyword === 'RUN' && isManifestInstall(text),
  )
  if (own) return [final]
  const copied = copiedPaths(final).filter(
    ({ from, source }) => from !== null && /(node_modules|venv|install|site-packages|local|env)/.test(source),
  )
  return parsed.stages.filter(({ name, index }) =>
    copied.some(({ from }) => from!.toLowerCase() === name || from === String(index)),
  )
}

function isProductionInstall(text: string): boolean | null {
  if (/\b(npm|pnpm|yarn)\b/.test(text)) return /--omit[= ]dev|--prod(uction)?\b|--only[= ]prod/.test(text)
  if (/\buv sync\b/.test(text)) return /--no-dev\b|--only-group/.test(text)
  if (/\bpoetry install\b/.test(text)) return /--only[= ]main|--without[= ]dev|--no-dev/.test(text)
  if (/\bpip3? install\b/.test(text)) return !/(dev|test)[\w-]*\.txt|\[(dev|test)/.test(text)
  return null
}

const cacheMount: DockerfileCheck = {
  id: 'I30',
  level: 'information',
  title: 'Package downloads are cached between builds',
  run: ({ parsed }) => {
    const installs = parsed.stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword, text }) => keyword === 'RUN' && isInstall(text))
    if (installs.length === 0) return notApplicable('Nothing is installed.')
    const mounted = installs.find(({ flags }) =>
      (flags.get('mount') ?? []).some((mount) => mount.includes('type=cache')),
    )
    return mounted
      ? passed('--mount=type=cache', mounted.line)
      : failed('Every build downloads all packages.', installs[0]!.line)
  },
}

/** E19, W21, W22, W23, W24, I30. */
export const layerChecks: readonly DockerfileCheck[] = [
  sameEnvironment,
  manifestFirst,
  aptInOneLayer,
  compilersApart,
  noDevelopmentDependencies,
  cacheMount,
]
