import sharp from 'sharp'

/** Whole numbers from a seed, the same on every machine (mulberry32). */
export function randomNumbers (seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor(((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32 * below)
  }
}

const SKINS = ['#f2d3b3', '#e0ac69', '#c68642', '#8d5524', '#ffdbac', '#a0673a']
const HAIRS = ['#22160c', '#5a3a1c', '#b98b43', '#d9c38a', '#7a1f12', '#777777', '#111111']
const SHIRTS = ['#23395d', '#7a2130', '#2f6b3c', '#d8d8d8', '#222222', '#c9a227', '#6c4a8c']
const HAIRCUTS: Array<(from: (low: number, high: number) => number) => string> = [
  (from) => `<ellipse cx="160" cy="92" rx="${from(70, 95)}" ry="${from(40, 70)}"/>`,
  (from) => `<path d="M70 ${from(200, 320)} Q60 50 160 50 Q260 50 250 ${from(200, 320)} L220 150 Q160 90 100 150 Z"/>`,
  (from) => `<rect x="${from(80, 100)}" y="55" width="${from(120, 160)}" height="${from(40, 75)}" rx="30"/>`,
  (from) => `<path d="M85 150 Q100 40 ${from(120, 220)} 60 Q240 70 235 150 Q200 ${from(80, 120)} 85 150Z"/>`,
]

/**
 * A drawn portrait, 320 by 400, as PNG: always a head in the middle of the same plain background, so that two of them
 * differ by what people differ in and not by their composition.
 */
export async function drawPortrait (person: number): Promise<Buffer> {
  const random = randomNumbers(person)
  const pick = <T>(choices: readonly T[]): T => choices[random(choices.length)]!
  const from = (low: number, high: number): number => low + random(high - low)
  const [skin, hair, shirt] = [pick(SKINS), pick(HAIRS), pick(SHIRTS)]
  const [eyes, apart, eye] = [from(150, 176), from(26, 42), from(6, 12)]
  const [mouth, wide] = [from(206, 232), from(18, 44)]
  const pair = (draw: (x: number) => string): string => draw(160 - apart) + draw(160 + apart)
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="400">
    <rect width="320" height="400" fill="#b8c4cc"/>
    <path d="M20 400 Q40 ${from(280, 320)} 160 ${from(270, 300)} Q280 ${from(280, 320)} 300 400Z" fill="${shirt}"/>
    <rect x="130" y="240" width="60" height="60" fill="${skin}"/>
    <ellipse cx="160" cy="175" rx="${from(62, 84)}" ry="${from(84, 112)}" fill="${skin}"/>
    <g fill="${hair}">${pick(HAIRCUTS)(from)}</g>
    ${random(3) === 0 ? `<ellipse cx="160" cy="250" rx="${from(40, 60)}" ry="${from(20, 40)}" fill="${hair}"/>` : ''}
    <g fill="#fff">${pair((x) => `<ellipse cx="${x}" cy="${eyes}" rx="${eye * 1.5}" ry="${eye}"/>`)}</g>
    <g fill="#234">${pair((x) => `<circle cx="${x}" cy="${eyes}" r="${eye * 0.7}"/>`)}</g>
    ${random(3) === 0 ? `<g fill="none" stroke="#111" stroke-width="4">${pair((x) => `<circle cx="${x}" cy="${eyes}" r="22"/>`)}</g>` : ''}
    <path d="M160 ${eyes} l-8 ${from(18, 44)} h14" stroke="#0005" stroke-width="3" fill="none"/>
    <path d="M${160 - wide} ${mouth} Q160 ${mouth + from(-8, 22)} ${160 + wide} ${mouth}" stroke="#933" stroke-width="${from(3, 8)}" fill="none"/>
  </svg>`)).png().toBuffer()
}

/** Pixels from a function of their place, as PNG. */
export async function drawPixels (
  width: number, height: number, colour: (x: number, y: number) => readonly [red: number, green: number, blue: number]
): Promise<Buffer> {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels.set(colour(x, y), (y * width + x) * 3)
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } }).png().toBuffer()
}

/** One colour and nothing else: a picture without a face. */
export const drawFlat = (): Promise<Buffer> => drawPixels(200, 200, () => [120, 130, 140])

/** Coloured noise in squares of ten pixels. */
export async function drawNoise (seed: number): Promise<Buffer> {
  const random = randomNumbers(seed)
  const squares = Array.from({ length: 30 * 30 }, () => [random(256), random(256), random(256)] as const)
  return drawPixels(300, 300, (x, y) => squares[Math.floor(y / 10) * 30 + Math.floor(x / 10)]!)
}
