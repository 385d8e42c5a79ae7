/** Recognises the commands that install a project's dependencies. */

const installPattern =
  /\b(pip3? install|uv (sync|pip install)|poetry install|pdm (install|sync)|npm (ci|install|i)\b|pnpm (install|i|fetch)\b|yarn( install)?\b|bundle install|composer install)/

/** True for any command of a package manager that installs. */
export function isInstall(command: string): boolean {
  return installPattern.test(command)
}

/** True when what is installed stands in the project's manifest; a tool that is installed by name does not. */
export function isManifestInstall(command: string): boolean {
  const withoutTools = command.replace(
    /\bpip3? install (uv|poetry|pdm)\b\S*|\bnpm (install|i) (-g|--global)\b/g,
    '',
  )
  return isInstall(withoutTools)
}
