/** The case of ASCII letters: the bytes above are parts of characters. */

/** The text with small letters. */
export function foldCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, letters => letters.toLowerCase()) : text
}

/** The text with capital letters. */
export function upperCase(text: string): string {
  return /[a-z]/.test(text) ? text.replace(/[a-z]+/g, letters => letters.toUpperCase()) : text
}
