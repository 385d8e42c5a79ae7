/** COPY or ADD names something that the build context does not hold. */
import type { Signature } from '../signature.ts'

export const signatures: readonly Signature[] = [
  {
    failureClass: 'docker-copy-source-missing',
    remedy: 'agents',
    literals: ['failed to calculate checksum', 'failed to compute cache key'],
    pattern:
      /failed to (?:calculate checksum of ref|compute cache key).{0,400}"(?<source>[^"]{1,300})": not found/,
    confidence: 0.95,
    summary: ({ source }) => `The Dockerfile copies \`${source}\`, which is not in the build context.`,
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref abc::def: "/src": not found',
      ],
      differs: ['failed to compute cache key: context canceled'],
    },
  },
  {
    failureClass: 'docker-copy-source-missing',
    remedy: 'agents',
    literals: ['copy failed', 'add failed', 'no items matching glob', 'copier: stat'],
    pattern:
      /(?:(?:COPY|ADD) failed: .{0,300}(?:no such file|not found|no source files)|no items matching glob .{1,300}|copier: stat: .{1,300}no such file)/,
    confidence: 0.9,
    summary: () => 'The Dockerfile copies a file that is not in the build context.',
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'COPY failed: file not found in build context or excluded by .dockerignore: stat dist: file does not exist, not found',
        'Error: building at STEP "COPY dist ./": checking on sources under "/w": copier: stat: "/dist": no such file or directory',
      ],
      differs: ['COPY finished'],
    },
  },
]
