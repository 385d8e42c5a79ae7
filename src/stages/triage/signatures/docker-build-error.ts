/** A command inside the image build failed. The cause stands above; this class names the place. */
import type { Signature } from '../signature.ts'

export const signatures: readonly Signature[] = [
  {
    failureClass: 'docker-build-error',
    remedy: 'agents',
    literals: [
      'did not complete successfully',
      'returned a non-zero code',
      'while running runtime',
      'building at step',
    ],
    pattern:
      /(?:process "(?<command>.{1,1000})" did not complete successfully: exit code: \d{1,5}|The command '.{1,1000}' returned a non-zero code: \d{1,5}|building at STEP "RUN .{1,1000}": while running runtime: exit status \d{1,5})/,
    confidence: 0.8,
    summary: ({ command }) =>
      command
        ? `A command inside the image build failed: \`${command.slice(0, 120)}\`.`
        : 'A command inside the image build failed.',
    outranks: [],
    examples: {
      matches: [
        'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 1',
        "The command '/bin/sh -c make' returned a non-zero code: 2",
        'Error: building at STEP "RUN make": while running runtime: exit status 2',
      ],
      differs: ['ERROR: process completed'],
    },
  },
  {
    failureClass: 'docker-build-error',
    remedy: 'agents',
    literals: [
      'dockerfile parse error',
      'unknown instruction',
      'dockerfile cannot be empty',
      'no stages to build',
      'could not be found',
      'should not be blank',
      'cache export is not supported',
    ],
    pattern:
      /(?:dockerfile parse error on line \d{1,6}.{0,300}|the Dockerfile cannot be empty|dockerfile contains no stages to build|target stage "[^"]{1,200}" could not be found|base name \([^)]{0,200}\) should not be blank|Cache export is not supported for the docker driver)/i,
    confidence: 0.9,
    summary: () => 'The builder refuses the Dockerfile or the way it is called.',
    outranks: [],
    examples: {
      matches: [
        'ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RNU',
        'ERROR: failed to solve: the Dockerfile cannot be empty',
        'ERROR: failed to solve: target stage "prod" could not be found',
        'ERROR: failed to build: Cache export is not supported for the docker driver.',
      ],
      differs: ['parse error on line 3'],
    },
  },
]
