import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backend, newClone, newLog, regreen, stamped } from '../support/command-line.ts'
import { git, newRepository, temporaryFolder, writeFiles } from '../support/git.ts'

const stateOf = (root: string) => ({
  head: git(root, ['rev-parse', 'HEAD']),
  branch: git(root, ['symbolic-ref', 'HEAD']),
  status: git(root, ['status', '--porcelain']),
  refs: git(root, ['for-each-ref']),
})

/** The changes of the patch that `--json` prints, by path. */
function changesIn(stdout: string): Record<string, string> {
  const { patch } = JSON.parse(stdout) as { patch: { changes: { path: string; after: string }[] } }
  return Object.fromEntries(patch.changes.map(({ path, after }) => [path, after]))
}

describe('regreen fix', () => {
  it('prints cause, diff and verdict, and changes nothing', async () => {
    const root = newClone()
    const before = stateOf(root)

    const { code, stdout } = await regreen(['fix', '--repo', root, '--log', newLog()])

    expect(code).toBe(0)
    expect(stdout).toMatch(/^missing-dockerfile: /)
    expect(stdout).toContain('+++ b/backend/Dockerfile\n')
    expect(stdout).toContain('The gates let the patch pass.\n')
    const report = /^Report: (?<path>.+)$/m.exec(stdout)?.groups?.path ?? ''
    expect(readFileSync(report, 'utf8')).toContain('backend/Dockerfile')
    expect(stateOf(root)).toEqual(before)
  })

  it('prints one object with --json', async () => {
    const root = newClone()
    const report = join(temporaryFolder(), 'report.md')

    const { code, stdout } = await regreen([
      'fix',
      '--repo',
      root,
      '--log',
      newLog(),
      '--json',
      '--report',
      report,
    ])
    const printed = JSON.parse(stdout)

    expect(code).toBe(0)
    expect(printed).toMatchObject({
      diagnosis: { failureClass: 'missing-dockerfile' },
      humanSteps: null,
      patch: { author: { kind: 'playbook', name: 'missing-dockerfile' } },
      diff: expect.stringContaining('+++ b/backend/Dockerfile'),
      verdicts: [{ decision: 'approve' }],
      imageTrial: null,
      report,
    })
  })

  it('writes exactly the patch with --write', async () => {
    const root = newClone()
    const before = stateOf(root)

    const { code, stdout } = await regreen(['fix', '--repo', root, '--log', newLog(), '--write', '--json'])
    const changes = changesIn(stdout)

    expect(code).toBe(0)
    expect(Object.keys(changes)).toContain('backend/Dockerfile')
    for (const [path, after] of Object.entries(changes)) {
      expect(readFileSync(join(root, path), 'utf8'), path).toBe(after)
    }
    const { status, ...after } = stateOf(root)
    expect(after).toEqual({ head: before.head, branch: before.branch, refs: before.refs })
    expect(
      status
        .split('\n')
        .map((line) => line.slice(3))
        .sort(),
    ).toEqual(Object.keys(changes).sort())
  })

  it('commits exactly the patch with --branch, and leaves the working tree alone', async () => {
    const root = newClone()
    writeFiles(root, { 'README.md': 'mine\n' })
    const before = stateOf(root)

    const { code, stdout } = await regreen([
      'fix',
      '--repo',
      root,
      '--log',
      newLog(),
      '--branch',
      'fix/image',
      '--json',
    ])
    const changes = changesIn(stdout)

    expect(code).toBe(0)
    expect(stateOf(root)).toEqual({ ...before, refs: expect.stringContaining('refs/heads/fix/image') })
    expect(git(root, ['rev-parse', 'fix/image^'])).toBe(before.head)
    expect(git(root, ['diff', '--name-only', 'main', 'fix/image']).split('\n').sort()).toEqual(
      Object.keys(changes).sort(),
    )
    for (const [path, after] of Object.entries(changes)) {
      expect(git(root, ['cat-file', 'blob', `fix/image:${path}`]), path).toBe(after.replace(/\n$/, ''))
    }
    expect(existsSync(join(root, 'backend/Dockerfile'))).toBe(false)
  })

  it('does not overwrite a file of the person that git ignores', async () => {
    const root = newClone()
    writeFiles(root, { '.git/info/exclude': '.dockerignore\n', 'backend/.dockerignore': 'mine\n' })

    const { code, stderr } = await regreen(['fix', '--repo', root, '--log', newLog(), '--write'])

    expect(code).toBe(2)
    expect(stderr).toContain('--write would replace backend/.dockerignore, which git ignores')
    expect(readFileSync(join(root, 'backend/.dockerignore'), 'utf8')).toBe('mine\n')
    expect(existsSync(join(root, 'backend/Dockerfile'))).toBe(false)
  })

  it('says why a branch cannot be made', async () => {
    const root = newClone()

    const { code, stderr } = await regreen(['fix', '--repo', root, '--log', newLog(), '--branch', 'main'])

    expect(code).toBe(1)
    expect(stderr).toMatch(/^regreen: The branch main was not made: /)
    expect(stderr).not.toContain('    at ')
  })

  it('writes the report in Japanese where --report says', async () => {
    const report = join(temporaryFolder(), 'report.md')

    const { code, stdout } = await regreen([
      'fix',
      '--repo',
      newClone(),
      '--log',
      newLog(),
      '--language',
      'ja',
      '--report',
      report,
    ])

    expect(code).toBe(0)
    expect(stdout).toContain(`Report: ${report}\n`)
    expect(readFileSync(report, 'utf8')).toMatch(/[ぁ-ん]{2}/)
  })

  it('finds the clone from a folder below it, and reads the log from standard input', async () => {
    const root = newClone()

    const { code, stdout } = await regreen(['fix', '--repo', join(root, 'backend/src'), '--log', '-'], {
      input: readFileSync(newLog()),
    })

    expect(code).toBe(0)
    expect(stdout).toContain('+++ b/backend/Dockerfile\n')
  })

  it('ends with 3 where it knows the cause and has no patch', async () => {
    const root = newClone()
    const before = stateOf(root)
    const log = newLog(
      stamped([
        '##[group]Run pytest',
        '##[endgroup]',
        'E   assert 1 == 2',
        '##[error]Process completed with exit code 1.',
      ]),
    )

    const { code, stdout } = await regreen(['fix', '--repo', root, '--log', log, '--write'])

    expect(code).toBe(3)
    expect(stdout).toContain('Report: ')
    expect(stateOf(root)).toEqual(before)
  })

  it('ends with 3 and its candidates where a person must choose', async () => {
    const { 'backend/Dockerfile.dev': image, ...rest } = backend
    const root = newRepository({
      ...rest,
      'docker/Dockerfile': 'FROM python:3.13-slim\nCOPY src ./src\nCMD ["python", "-m", "src.main"]\n',
      'deploy/Dockerfile': 'FROM python:3.13-slim\nCOPY src ./src\nCMD ["python", "-m", "src.main"]\n',
    })
    expect(image).toBeDefined()

    const { code, stdout } = await regreen(['fix', '--repo', root, '--log', newLog()])

    expect(code).toBe(3)
    expect(stdout).toContain('? ')
    expect(stdout).toContain('    deploy/Dockerfile\n')
    expect(stdout).toContain('    docker/Dockerfile\n')
  })

  it('ends with 4, and writes nothing, where a gate refuses the patch', async () => {
    const root = newClone({ 'backend/.DOCKERIGNORE': 'tests\n' })
    const before = stateOf(root)

    const { code, stdout } = await regreen(['fix', '--repo', root, '--log', newLog(), '--write'])

    expect(code).toBe(4)
    expect(stdout).toContain('error path/case-collision backend/.dockerignore\n')
    expect(stdout).toContain('Review refused the patch. Nothing was changed.\n')
    expect(stateOf(root)).toEqual(before)
  })

  it('asks for --workflow where several fit, and takes the answer', async () => {
    const root = newClone({ '.github/workflows/other.yml': backend['.github/workflows/backend.yml']! })
    const log = newLog()

    const asked = await regreen(['fix', '--repo', root, '--log', log])
    const answered = await regreen([
      'fix',
      '--repo',
      root,
      '--log',
      log,
      '--workflow',
      '.github/workflows/other.yml',
    ])

    expect(asked).toMatchObject({
      code: 2,
      stderr:
        'regreen: Several workflows could have written this log ' +
        '(.github/workflows/backend.yml, .github/workflows/other.yml); choose one with --workflow.\n' +
        'Try: regreen COMMAND --help\n',
    })
    expect(answered.code).toBe(0)
  })

  it('takes a --workflow with ./ before it', async () => {
    const { code } = await regreen([
      'fix',
      '--repo',
      newClone(),
      '--log',
      newLog(),
      '--workflow',
      './.github/workflows/backend.yml',
    ])

    expect(code).toBe(0)
  })

  it.each([
    ['no options', [], '--repo and --log are needed.'],
    ['no log', ['--repo', '.'], '--repo and --log are needed.'],
    [
      'both ways to write',
      ['--repo', '.', '--log', 'x', '--write', '--branch', 'a'],
      'Choose one of --write and --branch.',
    ],
    ['another language', ['--repo', '.', '--log', 'x', '--language', 'fr'], '--language is en or ja.'],
    ['an argument', ['--repo', '.', '--log', 'x', 'more'], 'Unexpected argument "more".'],
    ['an unknown option', ['--force'], "Unknown option '--force'."],
  ])('refuses a call with %s', async (_name, args, problem) => {
    expect(await regreen(['fix', ...args])).toEqual({
      code: 2,
      stdout: '',
      stderr: `regreen: ${problem}\nTry: regreen COMMAND --help\n`,
    })
  })

  it('refuses a workflow and a log that are not there', async () => {
    const root = newClone()

    const noWorkflow = await regreen(['fix', '--repo', root, '--log', newLog(), '--workflow', 'ci.yml'])
    const noLog = await regreen(['fix', '--repo', root, '--log', join(root, 'absent.log')])

    expect(noWorkflow).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The repository has no workflow ci.yml.'),
    })
    expect(noLog).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
  })

  it('ends with 1 in a folder that is no clone, and says what to give', async () => {
    const { code, stderr } = await regreen(['fix', '--repo', temporaryFolder(), '--log', newLog()])

    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^regreen: .* is not a git working tree, .* Give --repo the folder of a clone\.\n$/,
    )
  })

  it('says where the report cannot be written', async () => {
    const root = newClone()
    writeFileSync(join(root, 'file'), '')

    const { code, stderr } = await regreen([
      'fix',
      '--repo',
      root,
      '--log',
      newLog(),
      '--report',
      join(root, 'file/report.md'),
      '--write',
    ])

    expect(code).toBe(2)
    expect(stderr).toMatch(/^regreen: The report .*report\.md cannot be written \(ENOTDIR/)
    expect(existsSync(join(root, 'backend/Dockerfile'))).toBe(false)
  })
})
