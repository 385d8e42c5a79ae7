/** The gates in the order in which they look. */
import { codeWorkarounds } from './code-workarounds.ts'
import { dependencies } from './dependencies.ts'
import { dockerfile } from './dockerfile.ts'
import type { Gate } from './gate.ts'
import { pathsAndModes } from './paths-and-modes.ts'
import { secrets } from './secrets.ts'
import { size } from './size.ts'
import { syntax } from './syntax.ts'
import { text } from './text.ts'
import { workflowWorkarounds } from './workflow-workarounds.ts'

export const allGates: readonly Gate[] = [
  pathsAndModes,
  size,
  text,
  secrets,
  workflowWorkarounds,
  codeWorkarounds,
  dependencies,
  syntax,
  dockerfile,
]
