/** The gates in the order in which they look. */
import type { Gate } from './gate.ts'
import { pathsAndModes } from './paths-and-modes.ts'
import { secrets } from './secrets.ts'
import { size } from './size.ts'
import { text } from './text.ts'
import { workflowWorkarounds } from './workflow-workarounds.ts'

export const allGates: readonly Gate[] = [pathsAndModes, size, text, secrets, workflowWorkarounds]
