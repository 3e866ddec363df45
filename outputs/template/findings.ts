/** What is wrong with the templates of a structure, gathered: all of it is said at once. */
import type { Pointer } from '../../config/document.ts'
import { TemplateError } from './engine.ts'

export interface TemplateFinding {
  readonly pointer: Pointer
  readonly message: string
}

/** Gives what `work` gives; where it throws a TemplateError, that becomes a finding. */
export function attempt<T>(work: () => T, pointer: Pointer, findings: TemplateFinding[]): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    findings.push({ pointer: error.pointer ?? pointer, message: error.message })
    return undefined
  }
}
