/** Looking for many texts in one, by one walk over it. */

/** Tells of each text that is found, by its position. */
export type Tell = (position: number) => void

export abstract class TextSearch {
  /** Walks over the bytes from `start` to before `end`; without anybody to tell it ends at the first text that is found. */
  protected abstract walk(
    byteAt: (index: number) => number,
    start: number,
    end: number,
    tell: Tell | undefined
  ): boolean

  /** Whether any of the texts is found. */
  holds(text: string): boolean {
    return this.walk(index => text.charCodeAt(index), 0, text.length, undefined)
  }

  holdsOnBytes(bytes: Uint8Array, start: number, end: number): boolean {
    return this.walk(index => bytes[index]!, start, end, undefined)
  }

  /** Tells each of the texts that are found. */
  each(text: string, tell: Tell): void {
    this.walk(index => text.charCodeAt(index), 0, text.length, tell)
  }

  eachOnBytes(bytes: Uint8Array, start: number, end: number, tell: Tell): void {
    this.walk(index => bytes[index]!, start, end, tell)
  }
}
