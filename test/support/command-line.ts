/** The real command line as a process of its own, and a clone and a log to give it. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Files, newRepository, temporaryFolder } from './git.ts'

const bin = join(import.meta.dirname, '../../bin/regreen.js')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs `regreen` to its end. */
export async function regreen(
  args: readonly string[],
  { input = '', node = process.execPath }: { input?: string | Buffer; node?: string } = {},
): Promise<Ended> {
  const child = spawn(node, [bin, ...args], { timeout: 60_000 })
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}

const workflow = `name: Backend
on: push
permissions:
  contents: read
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          context: ./backend
          file: ./backend/Dockerfile
          push: false
          tags: orders:ci
`

/** A FastAPI backend with a Dockerfile for development only, and the workflow that wants another. */
export const backend: Files = {
  '.github/workflows/backend.yml': workflow,
  'backend/Dockerfile.dev':
    'FROM python:3.13-slim-trixie\nWORKDIR /app\nCOPY pyproject.toml ./\nRUN pip install -e ".[dev]"\n' +
    'COPY . .\nCMD ["uvicorn", "src.main:app", "--reload", "--host", "0.0.0.0", "--port", "8000"]\n',
  'backend/pyproject.toml':
    '[build-system]\nrequires = ["setuptools>=68"]\nbuild-backend = "setuptools.build_meta"\n\n' +
    '[project]\nname = "orders"\nversion = "0.1.0"\nrequires-python = ">=3.13"\n' +
    'dependencies = ["fastapi>=0.115", "uvicorn[standard]>=0.30"]\n\n' +
    '[project.optional-dependencies]\ndev = ["pytest>=8", "httpx>=0.27"]\n\n' +
    '[tool.setuptools]\npackages = ["src"]\n',
  'backend/src/__init__.py': '',
  'backend/src/main.py':
    'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/health")\ndef health() -> dict[str, str]:\n    return {"status": "ok"}\n',
  'backend/tests/test_main.py': 'def test_nothing() -> None:\n    assert True\n',
}

/** A clone of the backend. */
export function newClone(changes: Files = {}): string {
  return newRepository({ ...backend, ...changes })
}

const noDockerfile =
  'ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory'

/** The log of the job whose build found no Dockerfile. */
export const logLines: readonly string[] = [
  'Current runner version: 2.328.0',
  '##[group]Run actions/checkout@v4',
  '##[endgroup]',
  '##[group]Run docker/build-push-action@v6',
  'with:',
  '  context: ./backend',
  '  file: ./backend/Dockerfile',
  '  push: false',
  '  tags: orders:ci',
  '##[endgroup]',
  '[command]/usr/bin/docker buildx build --iidfile /home/runner/work/_temp/x/iidfile.txt --tag orders:ci --file ./backend/Dockerfile ./backend',
  '#0 building with "default" instance using docker driver',
  '#1 [internal] load build definition from Dockerfile',
  '#1 transferring dockerfile: 2B done',
  '#1 DONE 0.0s',
  noDockerfile,
  `##[error]buildx failed with: ${noDockerfile}`,
]

/** Lines as GitHub writes them. */
export const stamped = (lines: readonly string[]) =>
  `\uFEFF${lines.map((line) => `2026-01-02T03:04:05.1234567Z ${line}\n`).join('')}`

/** Writes a log into a folder of its own. */
export function newLog(content: string | Buffer = stamped(logLines), name = 'image.log'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}
