/** The image that a stage is based on. */
import type { Stage } from './parse-dockerfile.ts'

/** The base of the first stage in the chain, as written in its FROM. */
export function baseOf(stage: Stage): string {
  return stage.parent ? baseOf(stage.parent) : stage.base
}

/** The image's own name, without registry, owner, tag and digest. */
export function imageName(stage: Stage): string {
  return baseOf(stage).split('@')[0]!.split('/').at(-1)!.split(':')[0]!
}
