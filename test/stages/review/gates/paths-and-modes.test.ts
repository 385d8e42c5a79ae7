import { describe, expect, it } from 'vitest'
import { pathsAndModes } from '../../../../src/stages/review/gates/paths-and-modes.ts'
import {
  adding,
  backendDeveloper,
  change,
  codesOf,
  devopsCoordinator,
  findingsOf,
  inputOf,
  playbook,
} from './patches.ts'

describe('paths-and-modes: spelling', () => {
  it.each([
    ['/etc/passwd', 'path/absolute'],
    ['C:/x.txt', 'path/absolute'],
    ['../outside.txt', 'path/traversal'],
    ['src/./a.ts', 'path/traversal'],
    ['src//a.ts', 'path/traversal'],
    ['src\\a.ts', 'path/backslash'],
    ['.git/config', 'path/git-directory'],
    ['lib/.GIT/config', 'path/git-directory'],
    ['git~1/config', 'path/git-directory'],
    ['.git /config', 'path/git-directory'],
    ['.git./config', 'path/git-directory'],
    ['.git::$INDEX_ALLOCATION/config', 'path/git-directory'],
    ['.g\u200dit/config', 'path/git-directory'],
    ['.ｇｉｔ/config', 'path/git-directory'],
    ['src/a\u202ets', 'path/hidden-character'],
    ['src/a\nb.ts', 'path/hidden-character'],
    ['src/sec\u0443rity.ts', 'path/mixed-script'],
    ['AUX', 'path/reserved-name'],
    ['src/con.txt', 'path/reserved-name'],
    ['src/name. ', 'path/reserved-name'],
    [`src/${'long/'.repeat(60)}a.ts`, 'path/too-long'],
  ])('refuses %j', async (path, code) => {
    expect(await codesOf(pathsAndModes, inputOf([change(path, null, 'x\n')]))).toContain(code)
  })

  it.each([
    'src/a.ts',
    'docs/日本語.md',
    '.gitignore',
    'app/[slug]/page.tsx',
    'a b/c.txt',
    '.github-notes/x.md',
  ])('accepts %j', async (path) => {
    expect(await codesOf(pathsAndModes, inputOf([change(path, null, 'x\n')]))).toEqual([])
  })
})

describe('paths-and-modes: protected files', () => {
  it.each([
    ['.github/workflows/ci.yml', 'protected/workflow'],
    ['.GitHub/Workflows/ci.yml', 'protected/workflow'],
    ['.git\u200bhub/workflows/ci.yml', 'protected/workflow'],
    ['action.yml', 'protected/workflow'],
    ['.github/dependabot.yml', 'protected/github-settings'],
    ['.github/regreen.yml', 'protected/bot-config'],
    ['.gitlab-ci.yml', 'protected/ci-config'],
    ['.circleci/config.yml', 'protected/ci-config'],
    ['Jenkinsfile', 'protected/ci-config'],
    ['azure-pipelines.yml', 'protected/ci-config'],
    ['.gitmodules', 'protected/git-file'],
    ['.gitattributes', 'protected/git-file'],
    ['.husky/pre-commit', 'protected/git-file'],
    ['AGENTS.md', 'protected/agent-instructions'],
    ['docs/CLAUDE.md', 'protected/agent-instructions'],
    ['.cursor/rules/a.mdc', 'protected/agent-instructions'],
    ['agents/reviewer.agent.md', 'protected/agent-instructions'],
    ['docs/CODEOWNERS', 'protected/code-owners'],
    ['.vscode/tasks.json', 'protected/editor-config'],
    ['.devcontainer/devcontainer.json', 'protected/editor-config'],
    ['.npmrc', 'protected/registry-config'],
    ['.env', 'protected/environment-file'],
    ['package-lock.json', 'protected/lock-file'],
    ['api/uv.lock', 'protected/lock-file'],
  ])('keeps %j from every agent', async (path, code) => {
    expect(
      await codesOf(pathsAndModes, inputOf([change(path, null, 'x\n')], { author: backendDeveloper })),
    ).toContain(code)
    expect(
      await codesOf(pathsAndModes, inputOf([change(path, null, 'x\n')], { author: devopsCoordinator })),
    ).toContain(code)
  })

  it.each([
    ['Dockerfile', 'protected/container-file', backendDeveloper, devopsCoordinator],
    ['api/Dockerfile.dev', 'protected/container-file', backendDeveloper, devopsCoordinator],
    ['compose.yaml', 'protected/container-file', backendDeveloper, devopsCoordinator],
    ['Makefile', 'protected/container-file', backendDeveloper, devopsCoordinator],
    ['package.json', 'protected/manifest', devopsCoordinator, backendDeveloper],
    ['api/pyproject.toml', 'protected/manifest', devopsCoordinator, backendDeveloper],
    ['requirements-dev.txt', 'protected/manifest', devopsCoordinator, backendDeveloper],
  ])('opens %j to one role only', async (path, code, refused, allowed) => {
    expect(await codesOf(pathsAndModes, inputOf([adding(path, 'x')], { author: refused }))).toEqual([code])
    expect(await codesOf(pathsAndModes, inputOf([adding(path, 'x')], { author: allowed }))).toEqual([])
  })

  it('opens workflow files, lock files and .gitattributes to playbooks', async () => {
    const changes = [
      adding('.github/workflows/ci.yml', 'x'),
      adding('package-lock.json', 'x'),
      adding('.gitattributes', '*.sh text eol=lf'),
    ]

    expect(await codesOf(pathsAndModes, inputOf(changes, { author: playbook }))).toEqual([])
  })

  it('keeps its own configuration and filters of git from playbooks too', async () => {
    const changes = [adding('.github/regreen.yml', 'x'), adding('.gitattributes', '* filter=run')]

    expect(await codesOf(pathsAndModes, inputOf(changes))).toEqual([
      'protected/bot-config',
      'protected/git-file',
    ])
  })

  it('judges a rename on both of its sides', async () => {
    const changes = [change('ci.yml', 'x\n', null), change('.github/workflows/ci.yml', null, 'x\n')]

    expect(await codesOf(pathsAndModes, inputOf(changes, { author: devopsCoordinator }))).toContain(
      'protected/workflow',
    )
  })
})

describe('paths-and-modes: modes, links and the tree', () => {
  it('refuses another mode, and an executable that is no script', async () => {
    const changed = inputOf([change('run.sh', '#!/bin/sh\nx\n', '#!/bin/sh\ny\n', '100755')])
    const created = inputOf([change('notes.txt', null, 'x\n', '100755')])

    expect(await codesOf(pathsAndModes, changed)).toEqual(['path/mode-changed'])
    expect(await codesOf(pathsAndModes, created)).toEqual(['path/mode-changed'])
  })

  it('lets a playbook, and nobody else, make a script executable', async () => {
    const changes = [change('run.sh', '#!/bin/sh\nx\n', '#!/bin/sh\nx\n', '100755')]

    expect(await codesOf(pathsAndModes, inputOf(changes))).toEqual([])
    expect(await codesOf(pathsAndModes, inputOf(changes, { author: devopsCoordinator }))).toEqual([
      'path/mode-changed',
    ])
  })

  it('refuses to write through links and submodules', async () => {
    const through = inputOf([change('link/a.txt', null, 'x\n')], { tree: { link: '120000' } })
    const over = inputOf([change('vendor/lib', null, 'x\n')], { tree: { 'vendor/lib': '160000' } })

    expect(await codesOf(pathsAndModes, through)).toEqual(['path/symbolic-link'])
    expect(await codesOf(pathsAndModes, over)).toContain('path/submodule')
  })

  it('refuses names that differ only in case, in the patch or from the tree', async () => {
    const both = inputOf([change('a.txt', null, 'x\n'), change('A.txt', null, 'x\n')])
    const tree = inputOf([change('SRC/b.txt', null, 'x\n')], { tree: { 'src/a.txt': '100644' } })

    expect(await codesOf(pathsAndModes, both)).toEqual(['path/case-collision'])
    expect(await codesOf(pathsAndModes, tree)).toEqual(['path/case-collision'])
  })

  it('accepts a rename that changes only the case', async () => {
    const changes = [change('dockerfile', 'FROM x:1\n', null), change('Dockerfile', null, 'FROM x:1\n')]

    expect(await codesOf(pathsAndModes, inputOf(changes))).toEqual([])
  })

  it('refuses a patch against another state of the file', async () => {
    const stale = inputOf([change('a.ts', 'old\n', 'new\n')], { texts: { 'a.ts': 'other\n' } })
    const exists = inputOf([change('a.ts', null, 'new\n')], { texts: { 'a.ts': 'other\n' } })

    expect(await codesOf(pathsAndModes, stale)).toEqual(['path/stale'])
    expect(await codesOf(pathsAndModes, exists)).toEqual(['path/stale'])
  })

  it('says what is wrong, why it matters and what to do', async () => {
    const [finding] = await findingsOf(
      pathsAndModes,
      inputOf([adding('.github/workflows/ci.yml', 'x')], { author: devopsCoordinator }),
    )

    expect(finding).toEqual({
      code: 'protected/workflow',
      severity: 'error',
      path: '.github/workflows/ci.yml',
      line: null,
      message:
        '`.github/workflows/ci.yml` is a file of GitHub Actions or of GitHub’s own settings, which the devops-coordinator may not change. ' +
        'Such a file decides what runs with the repository’s rights. It is open to playbooks only, by narrow edits of workflow files. ' +
        'Mend the cause elsewhere, or leave this change to a person.',
    })
  })
})
