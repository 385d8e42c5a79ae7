/** Recognises the names of container files that are made for development. */

const developmentFile =
  /(?:^|[\s=:"'/])(?:[\w./-]{0,200}\/)?(?:(?:docker|container)file[._-](?:dev|devel|develop|development|local|debug)\b|(?:dev|devel|development|local|debug)[._-](?:docker|container)file\b|[\w-]{1,100}\.(?:docker|container)file[._-]dev\b|(?:docker-)?compose[._-](?:dev|development|local|override)[\w.-]{0,20})/i

const developmentFolder = /(?:^|[\s=:"'/])\.devcontainer(?:\/|\b)/i

/** True when the text names a Dockerfile or compose file for development. */
export function namesDevelopmentFile(text: string): boolean {
  const bounded = text.slice(0, 4_096)
  return (
    developmentFile.test(bounded) ||
    developmentFolder.test(bounded) ||
    /(?:^|[\s=])[\w./-]{1,200}\.dev(?:$|[\s"'])/i.test(bounded)
  )
}
