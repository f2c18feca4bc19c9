import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useIsDark } from '../shell/appearance.ts'
import { timeOf } from './numbers.ts'
import { readable } from './text.tsx'
import './chart.css'

export interface Series {
  label: string
  values: readonly (number | null)[]
}

export interface ChartProps {
  /** What is shown, for who cannot see it. */
  title: string
  /** Seconds since the Unix epoch. */
  times: readonly number[]
  series: readonly Series[]
  height?: number
  /** Draws each value as a point: for those that may stand alone. */
  hasPoints?: boolean
  format?: (value: number) => string
}

/** One colour for each series, told apart by contrast and not by hue alone; for a light page and a dark one. */
const COLOURS = { light: ['#0f62ae', '#b03a00', '#1b7a3d', '#7a2e9e', '#7a5c00', '#5f6b7a'], dark: ['#6cb2f5', '#ff9d5c', '#6ed08b', '#c99af0', '#e0c25c', '#b6bec9'] }
const INK = { light: { text: '#424650', grid: '#d9dde3' }, dark: { text: '#c6c6cd', grid: '#333a45' } }

/** How times are written below a chart, by the seconds between two of them; the second line is the day, where it begins. */
const DAY = '\n{YYYY}-{MM}-{DD}'
const TIME_STAMPS: [number, string, string | null, null, string | null, null, null, null, 1][] = [
  [86_400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', DAY, null, DAY, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', DAY, null, DAY, null, null, null, 1],
  [0.001, '{ss}.{fff} s', null, null, null, null, null, null, 1],
]

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 2, notation: 'compact' })

/** Letters of a label that are shown. */
const LONGEST_LABEL = 100

/** Lines over time. */
export function Chart ({ title, times, series, height = 180, hasPoints = false, format = (value) => plain.format(value) }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(undefined)
  const mode = useIsDark() ? 'dark' : 'light'
  const labels = series.map(({ label }) => readable(label, LONGEST_LABEL))
  const shape = JSON.stringify([labels, mode, height, hasPoints])
  const data: UPlot.AlignedData = [[...times], ...series.map(({ values }) => [...values])]
  const latest = useRef({ data, format })
  latest.current = { data, format }

  useEffect(() => {
    const element = place.current! // it is rendered below
    const { text, grid } = INK[mode]
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: '12px "Open Sans", sans-serif' }
    const plot = chart.current = new UPlot({
      width: element.clientWidth || 300,
      height,
      // As all times of the console.
      tzDate: (time) => UPlot.tzDate(new Date(time * 1000), 'Etc/UTC'),
      cursor: { y: false },
      legend: { live: true },
      scales: { y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
      axes: [{ ...axis, values: TIME_STAMPS }, { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => latest.current.format(tick)) }],
      series: [
        { value: (_, time) => time === null ? '' : timeOf(time * 1000).slice(0, 19) },
        ...labels.map((label, index) => ({
          label,
          stroke: COLOURS[mode][index % COLOURS[mode].length],
          width: 2,
          points: { show: hasPoints, size: 5 },
          value: (_: UPlot, value: number | null) => value === null ? '' : latest.current.format(value),
        })),
      ],
    }, latest.current.data, element)
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      plot.destroy()
    }
    // The labels are in the shape.
  }, [shape])

  useEffect(() => { chart.current?.setData(latest.current.data) })

  const summary = series.map(({ label, values }) => `${label} ${format(values.at(-1) ?? 0)}`).join(', ')
  return <div ref={place} role='img' aria-label={`${title}: ${summary}`} className='chart' />
}
