/** Standard output of the commands that print their answer and end. */

/** Writes and waits until it has been taken: into a pipe that is full a write only begins. */
export function print(text: string): Promise<void> {
  return new Promise(resolve => process.stdout.write(text, () => resolve()))
}
