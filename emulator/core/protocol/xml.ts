import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** The content of an element: text, or elements by name; an array repeats its element, `undefined` leaves it out. */
export type XmlContent = string | number | boolean | undefined | XmlElements | readonly XmlContent[]
export interface XmlElements { readonly [name: string]: XmlContent }

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * Characters that must be escaped. A carriage return would be parsed as a line feed. Most control characters are
 * invalid in XML 1.0; AWS writes them as references nevertheless, which lenient parsers accept.
 */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const UNSAFE = /[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g

/**
 * Writes an XML document.
 * @param namespace  the `xmlns` of the root
 */
export function toXml (root: string, content: XmlContent, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escape(namespace)}"`
  return DECLARATION + element(root, attribute, content ?? '')
}

function element (name: string, attribute: string, content: XmlContent): string {
  if (content === undefined) return ''
  if (isList(content)) return content.map((one) => element(name, attribute, one)).join('')
  const inner = typeof content === 'object'
    ? Object.entries(content).map(([child, value]) => element(child, '', value)).join('')
    : escape(String(content))
  return inner === '' ? `<${name}${attribute}/>` : `<${name}${attribute}>${inner}</${name}>`
}

// Array.isArray does not narrow readonly arrays.
function isList (content: XmlContent): content is readonly XmlContent[] {
  return Array.isArray(content)
}

function escape (text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`)
}

/** References to characters that XML 1.0 has no place for, and the text that none is read in. */
const CONTROL_REFERENCE = /<!\[CDATA\[.*?\]\]>|<!--.*?-->|&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gis

/** The parser drops references to control characters, which S3's keys may contain and AWS accepts: they are inserted unescaped. */
function unescapeControls (text: string): string {
  return text.replace(CONTROL_REFERENCE, (whole: string, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16)
    return code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd ? String.fromCharCode(code) : whole
  })
}

/** Text that is not XML, or XML with a document type. */
export class NotXml extends Error {}

/**
 * Reads an XML document into objects by element name; an element that repeats is an array, all text is a string.
 * Attributes and namespace prefixes are dropped.
 *
 * @throws {@link NotXml} also on a document type: its entities can be made to unfold without end
 */
export function parseXml (bytes: Uint8Array): Record<string, unknown> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new NotXml('The document is not UTF-8')
  }
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new NotXml('Document types are not accepted')
  if (XMLValidator.validate(text) !== true) throw new NotXml('The document is not well-formed')
  const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false, removeNSPrefix: true, htmlEntities: true, ignoreDeclaration: true })
  try {
    return parser.parse(unescapeControls(text)) as Record<string, unknown> // the parser's own type is any
  } catch (error) {
    throw new NotXml('The document cannot be read', { cause: error })
  }
}
