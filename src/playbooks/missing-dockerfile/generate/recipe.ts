/** What a generator gives: the files of a production image and what people should know of it. */
import type { Fact } from '../../../domain/patch.ts'
import type { HumanSteps } from '../../../domain/repair.ts'
import type { Text } from '../../../domain/text.ts'
import type { DockerBuildStep } from '../../../workflow/find-build-steps.ts'
import type { DevelopmentFile } from '../development-file.ts'
import type { ComposeService } from './compose.ts'
import type { ProjectFiles } from './project-files.ts'

/** The contents of a production image, with the facts for the report. */
export interface Recipe {
  readonly dockerfile: string
  /** Further files in the context, such as a server's configuration. */
  readonly extraFiles: readonly { readonly path: string; readonly text: string; readonly reason: Text }[]
  /** Patterns for `.dockerignore`, in groups. */
  readonly ignored: readonly string[]
  readonly facts: readonly Fact[]
  readonly nextSteps: readonly Text[]
  /** What the image is, one sentence. */
  readonly summary: Text
}

/** What only a person can answer or do. */
export interface HumanAnswer {
  readonly kind: 'human'
  readonly humanSteps: HumanSteps
}

/** Null when the project is of another ecosystem. */
export type RecipeAnswer = { kind: 'recipe'; recipe: Recipe } | HumanAnswer | null

/** What a generator knows: the project, what stands around it, and what the workflow asks of the image. */
export interface RecipeInput {
  readonly project: ProjectFiles
  readonly development: DevelopmentFile | null
  readonly compose: ComposeService | null
  readonly build: DockerBuildStep
  /** Name of the last stage: what the workflow targets, else `runtime`. */
  readonly stageName: string
}

/** A question to a person in place of a guess. */
export function ask(
  reason: Text,
  question: Text,
  candidates: readonly string[],
  steps: readonly Text[] = [],
): HumanAnswer {
  return {
    kind: 'human',
    humanSteps: { reason, steps: [...steps], questions: [{ question, candidates: [...candidates] }] },
  }
}

/** A step for a person where there is nothing to choose. */
export function tell(reason: Text, steps: readonly Text[]): HumanAnswer {
  return { kind: 'human', humanSteps: { reason, steps: [...steps], questions: [] } }
}
