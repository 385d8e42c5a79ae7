/** E13, E14, E15, E33: the Dockerfile is what the workflow builds. */
import { type DockerfileCheck, failed, notApplicable, passed } from '../check.ts'
import { readPairs } from '../parse-dockerfile.ts'

const unknownStep = notApplicable('No build step of a workflow is known.')

/** Arguments that Docker gives without a declaration. */
const predefined =
  /^(https?_proxy|ftp_proxy|no_proxy|all_proxy|HTTPS?_PROXY|FTP_PROXY|NO_PROXY|ALL_PROXY|BUILDKIT_\w+|SOURCE_DATE_EPOCH)$/

const argumentsDeclared: DockerfileCheck = {
  id: 'E13',
  level: 'error',
  title: "The workflow's build arguments are declared where they are used",
  run: ({ parsed, buildStep }) => {
    if (!buildStep) return unknownStep
    const passedIn = [...buildStep.buildArguments.keys()].filter((name) => !predefined.test(name))
    if (passedIn.length === 0) return notApplicable('The workflow passes no build arguments.')
    for (const name of passedIn) {
      const inStage = parsed.stages.some(({ instructions }) =>
        instructions.some(
          ({ keyword, text }) => keyword === 'ARG' && readPairs(text).some(([key]) => key === name),
        ),
      )
      const users = parsed.stages
        .flatMap(({ instructions }) => instructions)
        .filter(({ text }) => new RegExp(`\\$\\{?${name.replace(/\W/g, '')}\\b`).test(text))
      if (!inStage && !parsed.globalArguments.has(name))
        return failed(`${name} is passed by the workflow and declared nowhere.`)
      if (!inStage && users.length > 0)
        return failed(`${name} is declared before FROM only, so it is empty in the stage.`, users[0]!.line)
    }
    return passed(passedIn.join(', '))
  },
}

const targetExists: DockerfileCheck = {
  id: 'E14',
  level: 'error',
  title: "The workflow's target is a stage",
  run: ({ parsed, buildStep }) => {
    if (!buildStep) return unknownStep
    if (buildStep.target === null) {
      return buildStep.step.with.has('target')
        ? notApplicable('The target is an expression.')
        : notApplicable('The workflow names no target.')
    }
    const wanted = buildStep.target.toLowerCase()
    const stage = parsed.stages.find(({ name }) => name === wanted)
    return stage ? passed(`target: ${wanted}`, stage.line) : failed(`No stage is named ${wanted}.`)
  },
}

const pathMatches: DockerfileCheck = {
  id: 'E15',
  level: 'error',
  title: 'The path is the one that the workflow reads',
  run: ({ path, buildStep }) => {
    if (!buildStep) return unknownStep
    if (buildStep.file === null) return notApplicable('The path in the workflow is an expression.')
    return buildStep.file === path ? passed(path) : failed(`The workflow reads ${buildStep.file}.`)
  },
}

const contextsApart: DockerfileCheck = {
  id: 'E33',
  level: 'error',
  title: 'No named build context replaces a stage',
  run: ({ parsed, buildStep }) => {
    if (!buildStep) return unknownStep
    const names = [...buildStep.buildContexts.keys()]
    if (names.length === 0) return notApplicable('The workflow names no build contexts.')
    const stage = parsed.stages.find(
      ({ name }) => name !== null && names.some((one) => one.toLowerCase() === name),
    )
    return stage
      ? failed(`The context ${stage.name} of the workflow would replace the stage of that name.`, stage.line)
      : passed(names.join(', '))
  },
}

/** E13, E14, E15, E33. */
export const workflowChecks: readonly DockerfileCheck[] = [
  argumentsDeclared,
  targetExists,
  pathMatches,
  contextsApart,
]
