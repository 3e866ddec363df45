/** How wide text is on a terminal, and text that is to fit. */

export const cutMark = '…'

const plain = /^[ -~]*$/
const combining = /\p{M}/u
/** East Asian Wide and Fullwidth (Unicode, annex 11), and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

/** How many columns a terminal takes for printable text. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const character of text) width += combining.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** The text, or as much of its beginning as fits into so many columns with a mark that something is cut. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let kept = ''
  let width = textWidth(cutMark)
  for (const character of text) {
    width += textWidth(character)
    if (width > columns) break
    kept += character
  }
  return kept.trimEnd() + cutMark
}

/** The words of a text in lines of at most so many columns; a word that is longer has a line of its own. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ +/)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > columns) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}
