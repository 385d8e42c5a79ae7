/** Where a model server may be: never at an address that hands out a machine's credentials. */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** Link-local, unspecified and multicast addresses, and the metadata services of clouds outside those. */
const forbidden = new BlockList()
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('224.0.0.0', 4, 'ipv4')
forbidden.addSubnet('::', 128, 'ipv6')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('ff00::', 8, 'ipv6')
// IPv4's link-local range as IPv6 writes it: compatible, translated, and in 6to4.
forbidden.addSubnet('::a9fe:0', 112, 'ipv6')
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
forbidden.addSubnet('2002:a9fe::', 32, 'ipv6')
forbidden.addSubnet('fd00:ec2::', 32, 'ipv6')
forbidden.addAddress('100.100.100.200', 'ipv4')
forbidden.addAddress('168.63.129.16', 'ipv4')
forbidden.addAddress('192.0.0.192', 'ipv4')

const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
])

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** What is wrong with a base URL, without repeating it: it may hold a password. Null when it can be used. */
export function baseUrlProblem(text: string): string | null {
  const url = URL.parse(text)
  if (!url) return 'it is no URL'
  if (url.username !== '' || url.password !== '') return 'it holds credentials; use OPENAI_API_KEY'
  if (text.includes('#') || text.includes('?')) return 'it must end with its path, without ? and #'
  const host = hostOf(url)
  if (metadataNames.has(host) || isForbidden(host)) return 'it is a link-local or metadata address'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:' && isLoopback(host)) return null
  return 'it must begin with https:// (http:// only for this machine itself)'
}

/**
 * True where a host name stands for a forbidden address now. The name is looked up again when the connection
 * is made, so this stops a wrong setting, not the owner of the name.
 */
export async function resolvesToForbidden(baseUrl: string): Promise<boolean> {
  const host = hostOf(new URL(baseUrl))
  if (isIP(host)) return isForbidden(host)
  // A name that cannot be looked up fails at the connection, with the better message.
  const addresses = await lookup(host, { all: true }).catch(() => [])
  return addresses.some(({ address }) => isForbidden(address))
}

/** Without the brackets of IPv6 and the final dot; the URL parser has resolved forms such as `0x7f.1`. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

function isForbidden(host: string): boolean {
  return contains(forbidden, host)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || contains(loopback, host)
}

function contains(list: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
