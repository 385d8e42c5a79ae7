/** Models docker/setup-buildx-action and docker/login-action: they only say that nothing was done. */
import { StepFailed } from '../job-context.ts'
import type { ModelledAction } from '../modelled-actions.ts'

export const setupBuildx: ModelledAction = {
  defaults: { driver: 'docker-container', install: 'false', use: 'true' },
  run: ({ context, outputs }) => {
    outputs.name = 'builder-small-github'
    context.log.write('The small GitHub builds without buildx: no builder was started.')
  },
}

export const dockerLogin: ModelledAction = {
  run: ({ context, inputs }) => {
    const { username, password } = inputs
    if (!username || !password) throw new StepFailed('Username and password required')
    context.log.mask(password)
    context.log.write(
      `The small GitHub has no registry: nobody was logged in to ${inputs.registry ?? 'docker.io'}.`,
    )
  },
}
