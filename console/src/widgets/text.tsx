/** Letters of a value that a list shows. */
const SHOWN = 160

/** C0, C1, and what changes the direction of text: each as a picture of itself. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text as one can read it: control characters are named, and a long one is cut. */
export function readable (text: string, most = SHOWN): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text
  return cut.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Text that came from data, in a direction of its own. */
export const Text = ({ children, most }: { children: string, most?: number }) => <bdi>{readable(children, most)}</bdi>
