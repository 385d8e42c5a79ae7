/** The image named by FROM cannot be had. */
import type { Signature } from '../signature.ts'

export const signatures: readonly Signature[] = [
  {
    failureClass: 'docker-base-image-missing',
    remedy: 'agents',
    literals: ['failed to resolve source metadata', 'manifest unknown', 'pull access denied'],
    pattern:
      /(?:failed to resolve source metadata for (?<image>[^\s]{1,300}): .{0,300}(?:not found|denied|unknown)|manifest for (?<tag>[^\s]{1,300}) not found|manifest unknown|pull access denied for (?<denied>[^\s,]{1,300}))/,
    confidence: 0.92,
    summary: ({ image, tag, denied }) =>
      `The base image \`${image ?? tag ?? denied ?? 'named by FROM'}\` is not in its registry, or may not be pulled.`,
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'ERROR: failed to solve: python:3.99-slim: failed to resolve source metadata for docker.io/library/python:3.99-slim: docker.io/library/python:3.99-slim: not found',
        'Error response from daemon: manifest for alpine:9.99 not found: manifest unknown: manifest unknown',
        'Error response from daemon: pull access denied for acme/base, repository does not exist or may require login',
      ],
      differs: ['toomanyrequests: You have reached your pull rate limit'],
    },
  },
]
