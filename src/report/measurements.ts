/** Measured figures as text. */
import type { Measurement } from '../domain/verification.ts'
import type { Messages } from './messages/en.ts'

/** "178 MB". */
export function megabytes(value: number, { locale, measure }: Messages): string {
  return `${figure(value, locale)} ${measure.units.megabytes}`
}

/** A measurement with its unit. */
export function measured({ value, unit }: Measurement, { locale, measure }: Messages): string {
  const number = unit === 'id' ? String(value) : figure(value, locale)
  return `${number} ${measure.units[unit]}`.trim()
}

function figure(value: number, locale: string): string {
  return value.toLocaleString(locale, { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 })
}
