/** The builder cannot open the Dockerfile. The log names its base name only. */
import type { Signature } from '../signature.ts'

export const signatures: readonly Signature[] = [
  {
    failureClass: 'missing-dockerfile',
    remedy: 'playbook',
    literals: ['failed to read dockerfile'],
    pattern: /failed to read dockerfile: open (?<path>[^\s:]{1,500}): no such file or directory/,
    confidence: 0.95,
    summary: ({ path }) => `The image build cannot open its Dockerfile (\`${baseName(path)}\`).`,
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
        'ERROR: failed to solve: failed to read dockerfile: open /tmp/buildkit-mount123/Dockerfile.prod: no such file or directory',
      ],
      differs: ['failed to read dockerfile: open Dockerfile: permission denied'],
    },
  },
  {
    failureClass: 'missing-dockerfile',
    remedy: 'playbook',
    literals: ['dockerfile path'],
    pattern: /unable to evaluate symlinks in Dockerfile path: lstat (?<path>[^\s:]{1,500}): no such file/,
    confidence: 0.95,
    summary: ({ path }) => `The image build cannot find its Dockerfile (\`${baseName(path)}\`).`,
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat /home/runner/work/a/a/Dockerfile: no such file or directory',
      ],
      differs: ['unable to evaluate symlinks in Dockerfile path: permission denied'],
    },
  },
  {
    failureClass: 'missing-dockerfile',
    remedy: 'playbook',
    literals: ['dockerfile not found', 'no such file or directory'],
    pattern:
      /(?:the specified dockerfile .{0,20}was not found|dockerfile not found|no such file or directory: (?<path>[^\s]{0,300}Dockerfile[^\s]{0,40})$|(?:Cannot locate specified Dockerfile))/i,
    confidence: 0.85,
    summary: () => 'The image build cannot find its Dockerfile.',
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'Error: dockerfile not found',
        'Error response from daemon: Cannot locate specified Dockerfile: Dockerfile not found',
      ],
      differs: ['COPY failed: file not found in build context: no such file or directory'],
    },
  },
  {
    failureClass: 'missing-dockerfile',
    remedy: 'playbook',
    literals: ['resolve : lstat', 'evaluate symlinks in context path', 'unable to prepare context: path'],
    pattern:
      /(?:resolve : lstat (?<context>[^\s:]{1,500}): no such file|evaluate symlinks in context path: lstat [^\s:]{1,500}: no such|unable to prepare context: path "[^"]{1,500}" not found)/,
    confidence: 0.9,
    summary: () => 'The folder given as the build context does not exist.',
    outranks: ['docker-build-error'],
    examples: {
      matches: [
        'ERROR: failed to build: failed to solve: resolve : lstat backend: no such file or directory',
        'ERROR: unable to prepare context: path "./backend" not found',
      ],
      differs: ['lstat /tmp/x: no such file or directory'],
    },
  },
]

function baseName(path: string | undefined): string {
  return path?.split('/').at(-1) ?? 'Dockerfile'
}
