/** The ways to turn this failure green that repair nothing. */

/** One sentence a workaround; the development file is named where the repository has one. */
export function refusedWorkarounds(developmentFile: string | null): string[] {
  return [
    `Build ${developmentFile ?? 'a development Dockerfile'} in CI: the image would ship development tools and a reloading server.`,
    'Ignore the error with `|| true` or `continue-on-error`: the run would be green without an image.',
    'Delete the Docker build step: nobody would notice when the image stops building.',
  ]
}
