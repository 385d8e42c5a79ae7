/** The sample repositories of the demo, and the push that turns each one red. */
import { join } from 'node:path'

export interface DemoCase {
  /** The repository's name on the small GitHub. */
  repository: string
  /** The folder with its files. */
  directory: string
  /** The commit that a person pushes. */
  push: { message: string; files: Record<string, string> }
}

const repositories = join(import.meta.dirname, 'repositories')

export const demoCases: Readonly<Record<string, DemoCase>> = {
  'fastapi-missing-dockerfile': {
    repository: 'acme/orders',
    directory: join(repositories, 'fastapi-missing-dockerfile'),
    push: {
      message: 'feat: list two orders',
      files: {
        'backend/src/orders.py': `def list_orders() -> list[dict[str, object]]:
    return [
        {"id": 1, "item": "tea", "quantity": 2},
        {"id": 2, "item": "rice", "quantity": 5},
    ]
`,
      },
    },
  },
  'node-wrong-dockerfile-path': {
    repository: 'acme/web',
    directory: join(repositories, 'node-wrong-dockerfile-path'),
    push: {
      message: 'feat: greet warmly',
      files: {
        'web/src/greeting.js': `export function greeting(name) {
  return \`Good morning, \${name}. How nice.\`
}
`,
      },
    },
  },
}
