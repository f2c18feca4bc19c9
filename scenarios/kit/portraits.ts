import sharp from 'sharp'
import type { Random } from './random.ts'

const WIDTH = 320
const HEIGHT = 400

const SKIN = ['#f6d7bd', '#e8b98f', '#c98d5f', '#9a633b', '#6b4226', '#4a2c18'] as const
const HAIR = ['#1c1410', '#4b2e1a', '#8a5a2b', '#c9a063', '#a33b20', '#9a9a9a', '#eeeeee'] as const
const CLOTHES = ['#20335c', '#7a1f2b', '#1f5c3a', '#d8d2c4', '#2b2b2b', '#c77d1a', '#5a3a7a'] as const

/** A drawn portrait, as a JPEG: another person for every random draw. */
export async function drawPortrait (random: Random): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await sharp(Buffer.from(portraitSvg(random))).jpeg({ quality: 90 }).toBuffer())
}

function portraitSvg (random: Random): string {
  const { between, pick } = random
  const x = WIDTH / 2 + between(-30, 30)
  const y = 175 + between(-20, 20)
  const wide = between(62, 88)
  const high = between(82, 112)
  const skin = pick(SKIN)
  const hair = pick(HAIR)
  const eyeY = y - between(8, 22)
  const eyes = between(24, 36)
  const eye = between(5, 9)
  const mouthY = y + high * between(0.45, 0.6)
  const mouth = between(16, 32)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    ${background(random)}
    <ellipse cx="${x}" cy="${y - high * 0.2}" rx="${wide * between(1.1, 1.4)}" ry="${high * between(0.95, 1.3)}" fill="${hair}"/>
    <path d="M ${x - 130} ${HEIGHT} Q ${x - 120} ${y + high + 30} ${x} ${y + high + 20} Q ${x + 120} ${y + high + 30} ${x + 130} ${HEIGHT} Z" fill="${pick(CLOTHES)}"/>
    <rect x="${x - 26}" y="${y + high - 25}" width="52" height="60" fill="${skin}"/>
    <ellipse cx="${x}" cy="${y}" rx="${wide}" ry="${high}" fill="${skin}"/>
    <path d="M ${x - wide} ${y - 30} Q ${x + between(-40, 40)} ${y - high - between(20, 60)} ${x + wide} ${y - 30} Q ${x} ${y - high * 0.7} ${x - wide} ${y - 30} Z" fill="${hair}"/>
    ${[-1, 1].map((side) => `
      <ellipse cx="${x + side * eyes}" cy="${eyeY}" rx="${eye * 1.7}" ry="${eye}" fill="#fff"/>
      <circle cx="${x + side * eyes}" cy="${eyeY}" r="${eye * 0.8}" fill="#2a1a10"/>
      <rect x="${x + side * eyes - 15}" y="${eyeY - 20}" width="30" height="${between(3, 7)}" fill="${hair}"/>`).join('')}
    <path d="M ${x} ${eyeY + 10} l ${between(-10, 10)} ${between(25, 38)} l 12 0" stroke="#00000055" stroke-width="4" fill="none"/>
    <path d="M ${x - mouth} ${mouthY} Q ${x} ${mouthY + between(-10, 22)} ${x + mouth} ${mouthY}" stroke="#8d3030" stroke-width="${between(4, 8)}" fill="none"/>
  </svg>`
}

/** Large patches of colour: they make pictures differ. */
function background ({ whole, between }: Random): string {
  const colour = () => `hsl(${whole(360)} ${20 + whole(60)}% ${15 + whole(70)}%)`
  const patches = Array.from({ length: 5 }, () =>
    `<ellipse cx="${between(0, WIDTH)}" cy="${between(0, HEIGHT)}" rx="${between(40, 160)}" ry="${between(40, 200)}" fill="${colour()}"/>`)
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="${colour()}"/>${patches.join('')}`
}
