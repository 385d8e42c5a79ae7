/** The file is in a submodule or outside a sparse checkout, so the runner never had it. */
import type { RuledOut } from '../../../domain/patch.ts'
import { addWithEntries, appendToBlock, editValue } from '../../../workflow/edit-workflow.ts'
import type { WorkflowStep } from '../../../workflow/parse-workflow.ts'
import { folderOf } from '../../../workflow/repository-path.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import { findCheckout, type Situation } from '../situation.ts'
import { workflowPatch } from '../workflow-patch.ts'

/** Lets the checkout fetch what it left out. */
export async function notFetched(situation: Situation, ruledOut: readonly RuledOut[]): Promise<CauseAnswer> {
  const { files, wanted, submodules, build } = situation
  const checkout = findCheckout(build)
  if (checkout && (checkout.with.has('path') || checkout.with.has('repository'))) return { kind: 'decline' }
  const submodule = submodules.find((path) => wanted.startsWith(`${path}/`))
  if (submodule !== undefined && checkout) return fetchSubmodule(situation, ruledOut, checkout, submodule)
  if (files.includes(wanted)) return widenSparseCheckout(situation, ruledOut, checkout)
  return excluded('The file was not fetched', 'It is in no submodule, and the checkout is not sparse.')
}

function fetchSubmodule(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  checkout: WorkflowStep,
  submodule: string,
): CauseAnswer {
  const { workflowText, wanted } = situation
  const written = checkout.with.get('submodules')
  if (written && !/^(false|)$/.test(written.value)) return { kind: 'decline' }
  return workflowPatch(situation, ruledOut, {
    text: written
      ? editValue(workflowText, written, 'recursive')
      : addWithEntries(workflowText, checkout, [['submodules', 'recursive']]),
    title: `Check out the submodule ${submodule} before the image is built`,
    rootCause: [
      `${wanted} is part of the submodule ${submodule}.`,
      'actions/checkout leaves submodules out unless it is told otherwise.',
    ],
    summary: 'Lets the checkout fetch submodules.',
    reason: `Without submodules the folder ${submodule} is empty on the runner.`,
    nextSteps: [`If ${submodule} is a private repository, give the checkout a token that can read it.`],
  })
}

/** The file is in the repository at this commit: only a sparse checkout explains that it was not found. */
function widenSparseCheckout(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  checkout: WorkflowStep | undefined,
): CauseAnswer {
  const { workflowText, wanted } = situation
  const sparse = checkout?.with.get('sparse-checkout')
  const folder = folderOf(wanted)
  if (!sparse || folder === '' || coversFolder(sparse.value, folder)) return { kind: 'decline' }
  return workflowPatch(situation, ruledOut, {
    text: appendToBlock(workflowText, sparse, folder),
    title: `Include ${folder} in the sparse checkout`,
    rootCause: [
      `${wanted} is in the repository.`,
      `The sparse checkout lists other folders and leaves ${folder} out.`,
    ],
    summary: `Adds ${folder} to the sparse checkout. The Dockerfile stays as it is.`,
    reason: `The build reads ${wanted}, which the checkout left out.`,
    untouched: [{ path: wanted, reason: 'It exists; only the checkout left it out.' }],
  })
}

function coversFolder(list: string, folder: string): boolean {
  return list
    .split('\n')
    .map((line) => line.trim().replace(/^\/|\/$/g, ''))
    .some((line) => line !== '' && (line === folder || folder.startsWith(`${line}/`)))
}
