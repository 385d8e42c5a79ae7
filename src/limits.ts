/** Every bound in one place, each with what breaks beyond it. */

/** A line is cut here before any pattern sees it: longer ones are minified code or data, and cost time. */
export const logLineCharsMax = 4_096

/** Reading a job's log ends here. GitHub's own logs stay far below; a larger one is an attack or a bug. */
export const logBytesMax = 2 * 1024 ** 3

/** What is kept of all logs of a run. More would not fit a model's window, or a person's patience. */
export const logKeptBytesMax = 200 * 1024

/** GitHub refuses bodies over 65,536 characters; the rest is for our marker and the note of the cut. */
export const reportCharsMax = 65_000

/** A workflow file above this is not a workflow: GitHub itself refuses those over 512 KiB. */
export const workflowBytesMax = 512 * 1024

/** A larger repository file is not read into memory: no playbook edits such a file. */
export const fileBytesMax = 1024 ** 2

/** GitHub cuts recursive trees at 100,000 entries. */
export const treeEntriesMax = 100_000

/** A patch beyond these is no longer the smallest right fix. */
export const patchFilesMax = 10
export const patchLinesMax = 400

/** How long one repair waits for CI. GitHub ends a job after six hours. */
export const verifyWaitMsMax = 6 * 60 * 60 * 1000

/** The backstop that looks for CI's result when its webhook was lost. */
export const verifyPollMs = 60_000

/** The repository's own configuration. */
export const repositoryConfigBytesMax = 64 * 1024

/** A workflow that has not started on the fix by then will not: GitHub starts runs within seconds. */
export const runStartWaitMsMax = 15 * 60 * 1000
