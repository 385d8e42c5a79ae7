/** Models actions/cache as one that never hits: the small GitHub keeps no caches. */
import { StepFailed } from '../job-context.ts'
import type { ModelledAction } from '../modelled-actions.ts'

export const cache: ModelledAction = {
  run({ context, step, inputs, outputs }) {
    const { key, path } = inputs
    if (!path) throw new StepFailed('Input required and not supplied: path')
    if (!key) throw new StepFailed('Input required and not supplied: key')
    outputs['cache-hit'] = 'false'
    const keys = [key, ...(inputs['restore-keys'] ?? '').split('\n').filter(Boolean)]
    context.log.write(`Cache not found for input keys: ${keys.join(', ')}`)
    context.posts.push({
      name: step.name ?? `Run ${step.uses}`,
      run: (log) => log.write('The small GitHub keeps no caches: nothing was saved.'),
    })
  },
}
