#!/usr/bin/env node
// Node 24 strips the types; npm puts the bundled one first on the path.
import('../src/cli/main.ts').catch((error) => {
  if (Number(process.versions.node.split('.')[0]) >= 24) throw error
  console.error(
    `regreen: needs Node 24 or newer, this is ${process.version}. Run it as \`npx regreen\`, which brings its own.`,
  )
  process.exitCode = 1
})
